// Use case: a party's signatory signs the newest version. Rules are in domain/agreements/decide-sign.ts.
import { agreementOperations } from '#contract/agreements.ts'
import { decodeSigned } from '#contract/documents.ts'
import { decideSign } from '#domain/agreements/decide-sign.ts'
import { agreementSignature } from '#domain/agreements/signature.ts'
import { parseDocument } from '#domain/document.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { findLatestVersion, loadAgreement, lockAgreement } from '#store/agreements.ts'
import { loadRosteredSigner } from '#store/rosters.ts'
import { asDecided, useCase } from '../use-case.ts'

export const signAgreement = useCase(agreementOperations.sign, {
  /** The OpenPGP signature is checked with the certificate that the named roster gives the caller, and no other. */
  load: async (tx, { caller, agreement, ...document }, { installation, now }) => {
    const signed = decodeSigned(document)
    const parsed = parseDocument(agreementSignature, signed.bytes)
    await lockAgreement(tx, agreement)
    const latest = await findLatestVersion(tx, agreement)
    const state = latest && (await loadAgreement(tx, latest.hash))
    const { account } = caller.actor
    const found = parsed.ok ? await loadRosteredSigner(tx, { account, roster: parsed.value.roster }) : null
    const verified = found && (await verifyDetached({ ...signed, certificate: found.certificate, at: now() }))
    const signatureHolds = verified?.ok ?? false
    return { caller, installation, parsed, signed, state, signer: found?.signer ?? null, signatureHolds }
  },
  decide: (facts, _asked, at) => decideSign(facts, at),
  present: asDecided,
})
