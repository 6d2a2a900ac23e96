// Use cases of a transfer's beginning: the draft, and the files of one whose files another program encrypts
// (ARCHITECTURE.md#draft). Ids, object keys and tokens are drawn before the decision; a refused draft leaves none of
// them behind. Only the reply has the tokens.
import type * as z from 'zod'
import { sendOperations } from '#contract/transfers/send.ts'
import { uploadTokenSeconds } from '#contract/uploads.ts'
import { addSeconds } from '#domain/time.ts'
import type { NewTransferFile } from '#domain/transfers/changes.ts'
import { decideDeclareFiles } from '#domain/transfers/decisions/decide-declare-files.ts'
import { decideDraft, type Drafted } from '#domain/transfers/decisions/decide-draft.ts'
import type { Profile } from '#domain/transfers/documents/dispatch-note.ts'
import { type FileId, manifestFileId, type TransferId } from '#domain/values.ts'
import { profiledLength } from '#openpgp/profiled-body.ts'
import { randomId } from '#platform/crypto.ts'
import { findVersionInForce, loadAgreementFacts } from '#store/agreements.ts'
import { loadAgreementFactsOf, loadTransferFacts } from '#store/transfers/facts.ts'
import { uploadToken, uploadTokenHash } from '../uploads/token.ts'
import { type Adapters, useCase } from '../use-case.ts'
import { findClosed } from './facts.ts'

export const draft = useCase(sendOperations.draft, {
  prepare: ({ caller, callerScopes: _, headers: __, ...body }, adapters) => ({
    ...{ caller, agreement: body.agreement },
    draft: newDraft(adapters, body),
  }),
  load: async (tx, { caller, agreement, draft: { recipients, profile } }, { now }) => {
    const { account, organisation } = caller.actor
    const hash = await findVersionInForce(tx, agreement)
    const agreementFacts = hash && (await loadAgreementFacts(tx, { sender: account, recipients, hash }))
    return {
      caller,
      account,
      organisation,
      agreementFacts,
      closedTo: await findClosed(tx, { agreementFacts, profile, at: now() }),
    }
  },
  decide: (facts, given, at) => decideDraft(facts, given.draft, at),
  present: (next, _given, adapters) => ({
    transfer: next.transfer,
    createdAt: next.createdAt,
    expires: next.expires,
    uploads: uploadsOf(next, adapters),
  }),
})

export const declareFiles = useCase(sendOperations.declareFiles, {
  prepare: ({ caller, transfer, files, manifest }, adapters) => ({
    ...{ caller, transfer },
    fileBytes: files.map(({ size }) => size),
    fileTypes: files.map(({ type = null }) => type),
    files: [
      ...files.map(({ size, length }) => newFile(adapters, { transfer, file: randomId() as FileId, length, size })),
      newManifest(adapters, { transfer, profile: 'v1-cfb', size: manifest.size }),
    ],
  }),
  load: async (tx, { caller, transfer }) => {
    const found = await loadTransferFacts(tx, transfer)
    return { caller, found, agreementFacts: found ? await loadAgreementFactsOf(tx, found) : null }
  },
  decide: decideDeclareFiles,
  present: (next, _given, adapters) => ({ uploads: uploadsOf(next, adapters) }),
})

function uploadsOf({ transfer, files }: Pick<Drafted, 'transfer' | 'files'>, { secrets: { tokens } }: Adapters) {
  return files.map(({ id: file, length }) => ({ file, length, token: uploadToken(tokens, { transfer, file }) }))
}

function newDraft(
  adapters: Adapters,
  { agreement: _, manifest, files, ...draft }: z.output<typeof sendOperations.draft.body>,
) {
  const id = randomId() as TransferId
  const { profile } = draft
  return {
    ...draft,
    id,
    fileBytes: files.map(({ size }) => size),
    fileTypes: files.map(({ type = null }) => type),
    files: [
      ...files.map(({ size }) => {
        const length = profiledLength({ profile, length: size, signed: false })
        return newFile(adapters, { transfer: id, file: randomId() as FileId, length, size })
      }),
      ...(manifest ? [newManifest(adapters, { transfer: id, profile, size: manifest.size })] : []),
    ],
  }
}

function newManifest(
  adapters: Adapters,
  { transfer, profile, size }: { readonly transfer: TransferId; readonly profile: Profile; readonly size: number },
): NewTransferFile {
  const length = profiledLength({ profile, length: size, signed: true })
  return newFile(adapters, { transfer, file: manifestFileId as FileId, length, size: null })
}

interface NewFile extends Pick<NewTransferFile, 'length' | 'size'> {
  readonly transfer: TransferId
  readonly file: FileId
}

function newFile({ secrets, now }: Adapters, { transfer, file, length, size }: NewFile): NewTransferFile {
  return {
    id: file,
    length,
    size,
    objectKey: `${randomId()}/${randomId()}`,
    tokenHash: uploadTokenHash(uploadToken(secrets.tokens, { transfer, file })),
    tokenExpiresAt: addSeconds(now(), uploadTokenSeconds),
  }
}
