// One transfer, as commands begin with it: one look at it, its verified agreement, and who is asking.
import type { Api } from '#client/api.ts'
import { RefusedByServer } from '#client/api.ts'
import { type Look, lookAtTransfer } from '#client/transfers/look.ts'
import { hasWrappedKey } from '#client/transfers/wrapped-for.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { refusalInWords } from '#client/service-clock.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import type { VerifiedPerson } from '#client/trust/verify-rosters.ts'
import type { TransferSummary, TransferView } from '#contract/transfers/view.ts'
import { type TransferId, transferId } from '#domain/values.ts'
import { type Names, namesIn } from '#present/names.ts'
import { trustedAgreement } from '../trust/agreements.ts'
import { type Context, signedInApi } from '../context.ts'
import { CommandFailed, exitCodes, usage } from '../terminal/exit-codes.ts'

export interface Looked {
  readonly api: Api
  readonly look: Look
  readonly view: TransferView
  readonly agreement: VerifiedAgreement
  /** Who asks, as the own verified roster has them. */
  readonly person: VerifiedPerson
}

/** Without the agreement, which whoever asks for what was signed needs. */
export function look(context: Context, { api, transfer }: { readonly api: Api; readonly transfer: TransferId }) {
  return lookAtTransfer({ api, transfer, trust: (wanted) => trustedAgreement(context, wanted), now: context.io.now })
}

export async function lookAt(context: Context, transfer: TransferId): Promise<Looked> {
  const api = await signedInApi(context)
  const looked = await look(context, { api, transfer })
  const agreement = await looked.agreement()
  return { api, look: looked, view: looked.view, agreement, person: await findMyself(context, agreement) }
}

export function parseTransferId(text: string): TransferId {
  const parsed = transferId.safeParse(text)
  if (!parsed.success) throw usage('A transfer is named by its id, 32 characters. Use: safehand inbox')
  return parsed.data
}

export async function findMyself({ home }: Context, agreement: VerifiedAgreement): Promise<VerifiedPerson> {
  const { account } = await home.readSettings()
  const person = ownPerson(agreement, account)
  if (person) return person
  throw new CommandFailed({
    exit: exitCodes.refusedByClient,
    code: 'NOT_IN_ROSTER',
    message: "You are not in your organisation's signed roster. Ask your administrator.",
  })
}

/** By an agreement that holds; ids where none can be verified, and that is said. */
export async function namesBy(context: Context, agreement: () => Promise<VerifiedAgreement>): Promise<Names> {
  const { account } = await context.home.readSettings()
  try {
    if (await context.home.findAnchor()) return namesIn(await agreement(), account)
  } catch (error) {
    if (!(error instanceof TrustRefused) && !(error instanceof RefusedByServer)) throw error
    context.output.note(
      `Ids instead of names, because the agreement cannot be verified: ${refusalInWords(error, context.clock)}`,
    )
  }
  return namesIn(null, account)
}

/** Of a list, by agreement and version, each asked for and verified once. */
export function createNames(context: Context, api: Api): (of: TransferSummary['agreement']) => Promise<Names> {
  const known = new Map<string, Promise<Names>>()
  return ({ id, version }) => {
    const key = `${id} ${version}`
    const names = known.get(key) ?? namesBy(context, () => trustedAgreement(context, { api, id, version }))
    known.set(key, names)
    return names
  }
}

/** Nobody lied: they joined the team after it was sent, or have another key than then. */
export async function refuseWithoutKey({ look: { note, addenda }, person, view }: Looked): Promise<void> {
  if (hasWrappedKey(await note(), { person, addenda: await addenda() })) return
  throw usage(
    [
      'It was sent before you were in the team, or before you had your key of today: nothing is encrypted for you.',
      `Its sender, or a colleague who can collect it, lets you in: safehand add-recipient ${view.transfer} --to ${person.email} --reason WHY`,
    ].join('\n'),
  )
}
