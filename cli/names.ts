// Names for what the service lists by id, from a verified agreement alone: where none can be verified, the id stays.
import { RefusedByServer, type Api } from '#client/api.ts'
import { ownPerson } from '#client/trust/sender.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import type { TransferSummary } from '#contract/transfers/view.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import type { AccountId, OrganisationId } from '#domain/values.ts'
import { trustedAgreement } from './trust/agreements.ts'
import type { Context } from './context.ts'

export interface Names {
  /** Null when the verified rosters of today do not have them. */
  person(of: { readonly account: AccountId; readonly organisation: OrganisationId }): string | null
  recipient(recipient: Recipient): string | null
  organisation(id: OrganisationId): string | null
  /** Whether the person stands in the team today, as far as this client can see. */
  isMember(recipient: Recipient, account: AccountId): boolean
  /** Whether what is addressed so is addressed to this person, or to a team of theirs. */
  isMine(recipient: Recipient): boolean
}

/** By agreement and version, each asked for and verified once. */
export function createNames(context: Context, api: Api): (of: TransferSummary['agreement']) => Promise<Names> {
  const known = new Map<string, Promise<Names>>()
  return ({ id, version }) => {
    const key = `${id} ${version}`
    const names = known.get(key) ?? namesUnder(context, api, { id, version })
    known.set(key, names)
    return names
  }
}

async function namesUnder(
  context: Context,
  api: Api,
  wanted: Pick<TransferSummary['agreement'], 'id' | 'version'>,
): Promise<Names> {
  const { account } = await context.home.readSettings()
  try {
    if (await context.home.findAnchor()) return namesIn(await trustedAgreement(context, { api, ...wanted }), account)
  } catch (error) {
    if (!(error instanceof TrustRefused) && !(error instanceof RefusedByServer)) throw error
    context.output.note(`Ids instead of names, because the agreement cannot be verified: ${error.message}`)
  }
  return namesIn(null, account)
}

export function namesIn(agreement: VerifiedAgreement | null, account: AccountId): Names {
  const teams = agreement ? (ownPerson(agreement, account)?.teams ?? []) : []
  return {
    person: (of) => agreement?.nameOf({ kind: 'person', ...of }) ?? null,
    recipient: (recipient) => agreement?.nameOf(recipient) ?? null,
    organisation: (id) => agreement?.partyOf(id)?.name ?? null,
    isMember: ({ organisation, ...recipient }, member) =>
      recipient.kind === 'team' &&
      agreement
        ?.people(organisation)
        .find((one) => one.account === member)
        ?.teams.includes(recipient.team) === true,
    isMine: (recipient) =>
      recipient.kind === 'person' ? recipient.account === account : teams.includes(recipient.team),
  }
}
