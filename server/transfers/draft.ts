// Use cases of a transfer's beginning: the draft, and the files of one whose files another program encrypts
// (ARCHITECTURE.md#draft). Ids, object keys and tokens are drawn before the decision; a refused draft leaves none of
// them behind.
import type * as z from 'zod'
import type { sendOperations } from '#contract/transfers/send.ts'
import { uploadTokenSeconds } from '#contract/uploads.ts'
import { addSeconds } from '#domain/time.ts'
import type { NewTransferFile } from '#domain/transfers/changes.ts'
import { decideDeclareFiles } from '#domain/transfers/decide-declare-files.ts'
import { decideDraft } from '#domain/transfers/decide-draft.ts'
import type { Profile } from '#domain/transfers/dispatch-note.ts'
import { type FileId, manifestFileId, type TransferId } from '#domain/values.ts'
import { profiledLength } from '#openpgp/profiled-body.ts'
import { randomId } from '#platform/crypto.ts'
import { findVersionInForce, loadAgreementFacts } from '#store/agreements.ts'
import { loadPolicyOf, loadTransferFacts } from '#store/transfers/facts.ts'
import { uploadToken, uploadTokenHash } from '../uploads/token.ts'
import { type Acting, present, type TransferOptions } from './acting.ts'
import { findClosed } from './facts.ts'
import { presentDeclared, presentDraft } from './presenter.ts'

type DraftBody = z.output<typeof sendOperations.draft.body>
type DeclareBody = z.output<typeof sendOperations.declareFiles.body>
type Options = Pick<TransferOptions, 'commit' | 'now' | 'tokensKey'>

export function drafting(options: Options) {
  const { commit, now, tokensKey } = options
  const tokenOf = (of: { readonly transfer: TransferId; readonly file: FileId }) => uploadToken(tokensKey, of)
  return {
    draft({ caller, idempotency, body }: Omit<Acting, 'transfer'> & { readonly body: DraftBody }) {
      const { account, organisation } = caller.actor
      const draft = newDraft(options, body)
      const outcome = commit({
        caller,
        idempotency,
        load: async (tx) => {
          const hash = await findVersionInForce(tx, body.agreement)
          const asked = { sender: account, recipients: body.recipients }
          const policy = hash && (await loadAgreementFacts(tx, { ...asked, hash }))
          const closedTo = await findClosed(tx, { policy, profile: draft.profile, at: now() })
          return { caller, account, organisation, policy, closedTo }
        },
        decide: (facts, at) => decideDraft(facts, draft, at),
      })
      return present(outcome, (next) => presentDraft(next, tokenOf))
    },

    declareFiles({ caller, idempotency, transfer, body }: Acting & { readonly body: DeclareBody }) {
      const declared = {
        transfer,
        fileBytes: body.files.map(({ size }) => size),
        files: [
          ...body.files.map(({ size, length }) =>
            newFile(options, { transfer, file: randomId() as FileId, length, size }),
          ),
          newManifest(options, { transfer, profile: 'v1-cfb', size: body.manifest.size }),
        ],
      }
      const outcome = commit({
        caller,
        idempotency,
        load: async (tx) => {
          const found = await loadTransferFacts(tx, transfer)
          return { caller, found, policy: found ? await loadPolicyOf(tx, found) : null }
        },
        decide: (facts, at) => decideDeclareFiles(facts, declared, at),
      })
      return present(outcome, (next) => presentDeclared(next, tokenOf))
    },
  }
}

function newDraft(options: Options, body: DraftBody) {
  const { agreement: _, manifest, files, ...draft } = body
  const id = randomId() as TransferId
  const { profile } = body
  return {
    ...draft,
    id,
    expiresAt: body.expires,
    fileBytes: files.map(({ size }) => size),
    files: [
      ...files.map(({ size }) => {
        const length = profiledLength({ profile, length: size, signed: false })
        return newFile(options, { transfer: id, file: randomId() as FileId, length, size })
      }),
      ...(manifest ? [newManifest(options, { transfer: id, profile, size: manifest.size })] : []),
    ],
  }
}

function newManifest(
  options: Options,
  { transfer, profile, size }: { readonly transfer: TransferId; readonly profile: Profile; readonly size: number },
): NewTransferFile {
  const length = profiledLength({ profile, length: size, signed: true })
  return newFile(options, { transfer, file: manifestFileId as FileId, length, size: null })
}

function newFile(
  { tokensKey, now }: Options,
  {
    transfer,
    file,
    length,
    size,
  }: Pick<NewTransferFile, 'length' | 'size'> & { readonly transfer: TransferId; readonly file: FileId },
): NewTransferFile {
  return {
    id: file,
    length,
    size,
    objectKey: `${randomId()}/${randomId()}`,
    tokenHash: uploadTokenHash(uploadToken(tokensKey, { transfer, file })),
    tokenExpiresAt: addSeconds(now(), uploadTokenSeconds),
  }
}
