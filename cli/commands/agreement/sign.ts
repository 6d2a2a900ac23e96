// `safehand agreement sign`: the newest version, verified, shown, and signed for one’s organisation.
import type { Api } from '#client/api.ts'
import { fetchAgreementDocuments, refuseAnother } from '#client/trust/fetch-agreement.ts'
import { registerSignature, signatoryIn, signProposal } from '#client/trust/sign-agreement.ts'
import { type AgreementProposal, verifyProposal } from '#client/trust/verify-agreement.ts'
import { agreementOperations } from '#contract/agreements.ts'
import type { SignedBytes } from '#domain/document.ts'
import type { AgreementId } from '#domain/values.ts'
import { presentAgreementText } from '#present/agreement.ts'
import { type Context, signedInApi, unlockRostered } from '../../context.ts'
import { CommandFailed, exitCodes, usage } from '../../terminal/exit-codes.ts'
import { agreementLines } from '../../terminal/agreement.ts'
import { keepAnchor } from '../../trust/own-organisation.ts'

export interface SignOptions {
  readonly yes?: boolean
  readonly passphraseFile?: string
}

export async function signAgreement(
  context: Context,
  asked: SignOptions & { readonly id: AgreementId },
): Promise<void> {
  const { io, output, home } = context
  const api = await signedInApi(context)
  const version = await newestVersion(api, asked.id)
  const documents = await fetchAgreementDocuments({ api, id: asked.id, version })
  const anchor = await home.readAnchor()
  const proposal = await verifyProposal(anchor, documents, io.now())
  refuseAnother(proposal.agreement, { id: asked.id, version })
  output.note(agreementLines(presentAgreementText(proposal), asked.id).join('\n'))
  if (!asked.yes && !(await io.confirm(`Sign version ${version} for your organisation?`))) throw usage('Not signed.')
  const signed = await makeSignature(context, { proposal, passphraseFile: asked.passphraseFile })
  const reply = await registerSignature({ api, id: asked.id }, signed)
  await keepAnchor(context, { before: anchor, now: proposal.anchor })
  const waiting = proposal.agreement.parties.filter(({ organisation }) => reply.unsigned.includes(organisation))
  output.result({
    value: reply,
    text:
      waiting.length === 0
        ? `Signed version ${version}. Every party has signed; the service puts it in force now.`
        : `Signed version ${version}. Still to sign: ${waiting.map(({ name }) => name).join(', ')}.`,
  })
}

async function newestVersion(api: Api, id: AgreementId): Promise<number> {
  const { agreements } = await api.call(agreementOperations.list, {})
  const found = agreements.find((one) => one.id === id)
  if (!found) throw usage('Your organisation has no such agreement. Use: safehand agreement list')
  return found.version
}

/** With the key that the roster names for this person, whom it must make SIRO. */
async function makeSignature(
  context: Context,
  { proposal, passphraseFile }: { readonly proposal: AgreementProposal; readonly passphraseFile: string | undefined },
): Promise<SignedBytes> {
  const { account } = await context.home.readSettings()
  const signatory = signatoryIn(proposal, account)
  if (!signatory) throw notSignatory('Your organisation’s roster does not make you its SIRO.')
  const { encryptionSubkey } = signatory
  const { key, fingerprint } = await unlockRostered(context, { encryptionSubkey, passphraseFile })
  if (fingerprint !== signatory.certificate) throw notSignatory('The roster names another key than the one here.')
  return signProposal({ proposal, signatory, key, at: context.io.now() })
}

function notSignatory(message: string): CommandFailed {
  return new CommandFailed({ exit: exitCodes.refusedByClient, code: 'NOT_SIGNATORY', message })
}
