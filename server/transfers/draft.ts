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
import { loadPolicyOf, loadTransferFacts } from '#store/transfers/facts.ts'
import { uploadToken, uploadTokenHash } from '../uploads/token.ts'
import { type Parts, useCase } from '../use-case.ts'
import { findClosed } from './facts.ts'

export const draft = useCase(sendOperations.draft, {
  prepare: ({ caller, callerScopes: _, headers: __, ...body }, parts) => ({
    ...{ caller, agreement: body.agreement },
    draft: newDraft(parts, body),
  }),
  load: async (tx, { caller, agreement, draft: { recipients, profile } }, { now }) => {
    const { account, organisation } = caller.actor
    const hash = await findVersionInForce(tx, agreement)
    const policy = hash && (await loadAgreementFacts(tx, { sender: account, recipients, hash }))
    return { caller, account, organisation, policy, closedTo: await findClosed(tx, { policy, profile, at: now() }) }
  },
  decide: (facts, given, at) => decideDraft(facts, given.draft, at),
  present: (next, _given, parts) => ({
    transfer: next.transfer,
    createdAt: next.createdAt,
    uploads: uploadsOf(next, parts),
  }),
})

export const declareFiles = useCase(sendOperations.declareFiles, {
  prepare: ({ caller, transfer, files, manifest }, parts) => ({
    ...{ caller, transfer },
    fileBytes: files.map(({ size }) => size),
    files: [
      ...files.map(({ size, length }) => newFile(parts, { transfer, file: randomId() as FileId, length, size })),
      newManifest(parts, { transfer, profile: 'v1-cfb', size: manifest.size }),
    ],
  }),
  load: async (tx, { caller, transfer }) => {
    const found = await loadTransferFacts(tx, transfer)
    return { caller, found, policy: found ? await loadPolicyOf(tx, found) : null }
  },
  decide: decideDeclareFiles,
  present: (next, _given, parts) => ({ uploads: uploadsOf(next, parts) }),
})

function uploadsOf({ transfer, files }: Pick<Drafted, 'transfer' | 'files'>, { secrets: { tokens } }: Parts) {
  return files.map(({ id: file, length }) => ({ file, length, token: uploadToken(tokens, { transfer, file }) }))
}

function newDraft(
  parts: Parts,
  { agreement: _, manifest, files, ...draft }: z.output<typeof sendOperations.draft.body>,
) {
  const id = randomId() as TransferId
  const { profile } = draft
  return {
    ...draft,
    id,
    expiresAt: draft.expires,
    fileBytes: files.map(({ size }) => size),
    files: [
      ...files.map(({ size }) => {
        const length = profiledLength({ profile, length: size, signed: false })
        return newFile(parts, { transfer: id, file: randomId() as FileId, length, size })
      }),
      ...(manifest ? [newManifest(parts, { transfer: id, profile, size: manifest.size })] : []),
    ],
  }
}

function newManifest(
  parts: Parts,
  { transfer, profile, size }: { readonly transfer: TransferId; readonly profile: Profile; readonly size: number },
): NewTransferFile {
  const length = profiledLength({ profile, length: size, signed: true })
  return newFile(parts, { transfer, file: manifestFileId as FileId, length, size: null })
}

interface NewFile extends Pick<NewTransferFile, 'length' | 'size'> {
  readonly transfer: TransferId
  readonly file: FileId
}

function newFile({ secrets, now }: Parts, { transfer, file, length, size }: NewFile): NewTransferFile {
  return {
    id: file,
    length,
    size,
    objectKey: `${randomId()}/${randomId()}`,
    tokenHash: uploadTokenHash(uploadToken(secrets.tokens, { transfer, file })),
    tokenExpiresAt: addSeconds(now(), uploadTokenSeconds),
  }
}
