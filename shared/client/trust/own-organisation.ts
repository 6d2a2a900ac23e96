// This person's own organisation, verified from the pinned root; what was seen is remembered
// (ARCHITECTURE.md#trust-chain).
import type { OrganisationDocuments } from '#contract/documents.ts'
import { organisationOperations } from '#contract/organisations.ts'
import type { Fingerprint, Instant } from '#domain/values.ts'
import type { Api } from '../api.ts'
import { type Anchor, followRoot, remember, seenOf } from './anchor.ts'
import { isUsed, refuseOtherRoot } from './pin-root.ts'
import { type VerifiedOrganisation, verifyOrganisation } from './verify-organisation.ts'
import { type Expected, type VerifiedStatements, verifyStatements } from './verify-statements.ts'

export interface Own {
  readonly api: Api
  readonly now: () => Instant
  readAnchor(): Promise<Anchor>
  /** A root that the pinned one named is pinned from then on, and the person is to be told. */
  keepAnchor(change: { readonly before: Anchor; readonly now: Anchor }): Promise<void>
}

export interface OwnDocuments {
  readonly anchor: Anchor
  readonly documents: OrganisationDocuments
  readonly expected: Expected
}

/** Unverified yet: what the service says, and what it must agree with. Throws TrustRefused for a root that was mistyped. */
export async function fetchOwnDocuments({ api, readAnchor, now }: Own): Promise<OwnDocuments> {
  const anchor = await readAnchor()
  const documents = await api.call(organisationOperations.documents, {})
  const { origin, root, organisation } = anchor
  if (!isUsed(anchor)) await refuseOtherRoot(root, documents)
  const seen = seenOf(anchor, organisation ?? documents.organisation)
  return { anchor, documents, expected: { origin, root, organisation, seen, now: now(), isOwn: true } }
}

/** Throws TrustRefused. The anchor then knows the highest sequences. */
export async function loadOwnOrganisation(own: Own): Promise<VerifiedOrganisation> {
  const { anchor, documents, expected } = await fetchOwnDocuments(own)
  const verified = await verifyOrganisation(expected, documents)
  await rememberOwn(own, {
    anchor,
    root: verified.root,
    seen: { organisation: verified.organisation, ...verified.seen },
  })
  return verified
}

/** For administrators, who work before the first roster: null before the first statement. Throws TrustRefused. */
export async function loadOwnStatements(own: Own, read: OwnDocuments): Promise<VerifiedStatements | null> {
  const { anchor, documents, expected } = read
  if (documents.statements.length === 0 && expected.seen.statement === 0) return null
  const statements = await verifyStatements(expected, documents)
  const { organisation, root, current } = statements
  const seen = { organisation, statement: current.sequence, roster: expected.seen.roster }
  await rememberOwn(own, { anchor, root, seen })
  return statements
}

/** The last roster. Expired, or signed by a key that was dropped since, it is still the one to follow. Throws TrustRefused. */
export async function verifyLastRoster({ expected, documents }: OwnDocuments): Promise<VerifiedOrganisation | null> {
  if (documents.rosters.length === 0) return null
  return verifyOrganisation({ ...expected, forgiveExpiry: true, forgiveDroppedKey: true }, documents)
}

interface Remembering {
  readonly anchor: Anchor
  readonly root: Fingerprint
  readonly seen: Parameters<typeof remember>[1]
}

async function rememberOwn(own: Own, { anchor, root, seen }: Remembering): Promise<void> {
  const { organisation } = seen
  await own.keepAnchor({ before: anchor, now: { ...remember(followRoot(anchor, root), seen), organisation } })
}
