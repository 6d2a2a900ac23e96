// The only way for a client to trust anything outside its own organisation (ARCHITECTURE.md#verified-agreement): an
// agreement that its own signatory, rostered under the pinned root, signed in exactly this version. Partners' roots,
// the service's keys and everyone who can be sent to come from the result alone, whose type nothing else can make.
import type { AgreementDocuments } from '#contract/documents.ts'
import type { Agreement, Party, ServiceKeys } from '#domain/agreements/agreement.ts'
import type { RosterReference } from '#domain/organisations/roster.ts'
import type { Recipient } from '#domain/policy/recipient.ts'
import { isAhead, isOver } from '#domain/time.ts'
import type { Fingerprint, Instant, OrganisationId, Sha256Hex } from '#domain/values.ts'
import { readAgreement, verifyOwn, verifyParty } from './agreement-parties.ts'
import { findSigner, type PastSigner, verifyPartySignature } from './agreement-signatures.ts'
import { type Anchor, followRoot, remember } from './anchor.ts'
import { type NamedRecipient, resolveRecipient } from './named-recipient.ts'
import type { VerifiedOrganisation } from './verify-organisation.ts'
import type { VerifiedPerson } from './verify-rosters.ts'

declare const verified: unique symbol

export interface VerifiedAgreement {
  readonly [verified]: true
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  /** The client's own organisation. */
  readonly own: OrganisationId
  /** The anchor, with the sequences that were seen now: to be kept. */
  readonly anchor: Anchor
  partyOf(organisation: OrganisationId): Party | null
  /** Everyone this client may see in the organisation's current roster; nobody when it is no party. */
  people(organisation: OrganisationId): readonly VerifiedPerson[]
  rosterOf(organisation: OrganisationId): RosterReference | null
  /** When their current roster ends; null when they are no party. */
  rosterExpires(organisation: OrganisationId): Instant | null
  /** A person's or team's name in their organisation's current roster; null when it has none such. */
  nameOf(recipient: Recipient): string | null
  /**
   * By e-mail address or team name among `organisation`'s; null when nobody, or more than one, is meant.
   * Throws TrustRefused TRUST_ROSTER_EXPIRED: nobody is chosen from a roster that has ended; TRUST_KEY_REVOKED: a log that
   * was verified here said so.
   */
  resolveRecipient(text: string, organisation: OrganisationId): NamedRecipient | null
  /** The person as they stood in the roster that their signature names; null when they did not. */
  signerOf(signer: PastSigner): VerifiedPerson | null
  /** Fingerprints of the scan authority's keys that may sign at this instant. */
  scanAuthorityAt(at: Instant): readonly Fingerprint[]
  housekeeperAt(at: Instant): readonly Fingerprint[]
  readonly logKeys: ServiceKeys['log']
  readonly promiseKeys: ServiceKeys['promise']
}

/** An agreement whose parties are who it says, signed or not: what a signatory looks at. Trusted for nothing else. */
export interface AgreementProposal {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  readonly own: OrganisationId
  readonly organisations: ReadonlyMap<OrganisationId, VerifiedOrganisation>
  readonly anchor: Anchor
}

/**
 * Throws TrustRefused. In this order: the agreement is of the pinned origin and names the pinned root, or one of its
 * chain, as our own organisation's; our signatory signed exactly these bytes; only then are the partners' roots believed, their rosters
 * checked under them, and their signatures with the people in those rosters.
 */
export function verifyAgreement(
  anchor: Anchor,
  documents: AgreementDocuments,
  now: Instant,
): Promise<VerifiedAgreement> {
  return verify({ anchor, documents, now })
}

/**
 * The same to read what was sent before: a partner's roster may have expired since, because what is released stays
 * collectable (ARCHITECTURE.md#after-the-agreement). Nobody can be sent to by it.
 */
export function verifyAgreementToRead(
  anchor: Anchor,
  documents: AgreementDocuments,
  now: Instant,
): Promise<VerifiedAgreement> {
  return verify({ anchor, documents, now, forgiveExpiry: true })
}

interface Verifying {
  readonly anchor: Anchor
  readonly documents: AgreementDocuments
  readonly now: Instant
  /** Of partners; never of one's own organisation. */
  readonly forgiveExpiry?: true
}

async function verify({ anchor, documents, now, ...partners }: Verifying): Promise<VerifiedAgreement> {
  const read = await readAgreement(anchor, documents)
  const own = await verifyOwn({ ...read, anchor, documents, now })
  await verifyPartySignature({ ...read, documents, now, organisation: own })
  const organisations = new Map([[own.organisation, own]])
  for (const party of read.agreement.parties) {
    if (party === read.ownParty) continue
    const organisation = await verifyParty({ ...read, ...partners, anchor, documents, now, party })
    await verifyPartySignature({ ...read, documents, now, organisation })
    organisations.set(party.organisation, organisation)
  }
  return asVerified({
    ...read,
    now,
    own: own.organisation,
    organisations,
    anchor: rememberAll(followRoot(anchor, own.root), organisations.values()),
  })
}

/** The same without signatures, for the one who is asked to sign. Throws TrustRefused. */
export async function verifyProposal(
  anchor: Anchor,
  documents: AgreementDocuments,
  now: Instant,
): Promise<AgreementProposal> {
  const read = await readAgreement(anchor, documents)
  const own = await verifyOwn({ ...read, anchor, documents, now })
  const organisations = new Map([[own.organisation, own]])
  for (const party of read.agreement.parties) {
    if (party === read.ownParty) continue
    organisations.set(party.organisation, await verifyParty({ ...read, anchor, documents, now, party }))
  }
  const { agreement, hash } = read
  // A partner whom nobody here has signed for may be invented, and its sequences with it.
  return {
    agreement,
    hash,
    own: own.organisation,
    organisations,
    anchor: rememberAll(followRoot(anchor, own.root), [own]),
  }
}

function rememberAll(anchor: Anchor, organisations: Iterable<VerifiedOrganisation>): Anchor {
  let known = anchor
  for (const { organisation, seen } of organisations) known = remember(known, { organisation, ...seen })
  return known
}

/** The one place where an agreement becomes verified. */
function asVerified(
  proven: Omit<AgreementProposal, 'organisations'> & {
    readonly organisations: ReadonlyMap<OrganisationId, VerifiedOrganisation>
    readonly now: Instant
  },
): VerifiedAgreement {
  const { agreement, hash, own, anchor, organisations, now } = proven
  const { serviceKeys } = agreement
  const offered: Omit<VerifiedAgreement, typeof verified> = {
    agreement,
    hash,
    own,
    anchor,
    partyOf: (organisation) => agreement.parties.find((party) => party.organisation === organisation) ?? null,
    people: (organisation) => organisations.get(organisation)?.roster.people ?? [],
    rosterOf: (organisation) => organisations.get(organisation)?.roster.reference ?? null,
    rosterExpires: (organisation) => organisations.get(organisation)?.roster.expires ?? null,
    nameOf: (recipient) => nameIn(recipient, organisations.get(recipient.organisation)),
    resolveRecipient: (text, organisation) =>
      resolveRecipient(text, { of: organisations.get(organisation), now, anchor }),
    signerOf: ({ organisation, ...signer }) => {
      const found = organisations.get(organisation)
      return found ? findSigner(found, signer) : null
    },
    scanAuthorityAt: (at) => keysAt(serviceKeys.scanAuthority, at),
    housekeeperAt: (at) => keysAt(serviceKeys.housekeeper, at),
    logKeys: serviceKeys.log,
    promiseKeys: serviceKeys.promise,
  }
  return Object.freeze(offered) as VerifiedAgreement
}

function keysAt(periods: ServiceKeys['scanAuthority'], at: Instant): readonly Fingerprint[] {
  return periods
    .filter(({ from, until }) => !isAhead(from, at) && !isOver(until, at))
    .map(({ fingerprint }) => fingerprint)
}

function nameIn(recipient: Recipient, of: VerifiedOrganisation | undefined): string | null {
  const found =
    recipient.kind === 'person'
      ? of?.roster.people.find(({ account }) => account === recipient.account)
      : of?.roster.teams.find(({ id }) => id === recipient.team)
  return found?.name ?? null
}
