// This person's own organisation, verified from the pinned root, and what was seen remembered
// (ARCHITECTURE.md#trust-chain).
import { type Anchor, followRoot, remember, seenOf } from '#client/trust/anchor.ts'
import type { Api } from '#client/api.ts'
import { type Expected, type VerifiedStatements, verifyStatements } from '#client/trust/verify-statements.ts'
import { type VerifiedOrganisation, verifyOrganisation } from '#client/trust/verify-organisation.ts'
import type { OrganisationDocuments } from '#contract/documents.ts'
import { organisationOperations } from '#contract/organisations.ts'
import type { Fingerprint } from '#domain/values.ts'
import type { Context } from '../context.ts'
import { readable } from '../terminal/output.ts'

export interface OwnDocuments {
  readonly anchor: Anchor
  readonly documents: OrganisationDocuments
  readonly expected: Expected
}

/** Unverified yet: what the service says, and what it must agree with. */
export async function fetchOwnDocuments({ io, home }: Context, api: Api): Promise<OwnDocuments> {
  const anchor = await home.readAnchor()
  const documents = await api.call(organisationOperations.documents, {})
  const organisation = anchor.organisation
  const seen = seenOf(anchor, organisation ?? documents.organisation)
  const { origin, root } = anchor
  return { anchor, documents, expected: { origin, root, organisation, seen, now: io.now() } }
}

/** Throws TrustRefused. The anchor on disk then knows the highest sequences. */
export async function loadOwnOrganisation(context: Context, api: Api): Promise<VerifiedOrganisation> {
  const { anchor, documents, expected } = await fetchOwnDocuments(context, api)
  const own = await verifyOrganisation(expected, documents)
  await rememberOwn(context, { anchor, root: own.root, verified: { organisation: own.organisation, ...own.seen } })
  return own
}

/** For administrators, who work before the first roster: null before the first statement. Throws TrustRefused. */
export async function loadOwnStatements(context: Context, own: OwnDocuments): Promise<VerifiedStatements | null> {
  const { anchor, documents, expected } = own
  if (documents.statements.length === 0 && expected.seen.statement === 0) return null
  const statements = await verifyStatements(expected, documents)
  const { organisation, root } = statements
  await rememberOwn(context, {
    anchor,
    root,
    verified: { organisation, statement: statements.current.sequence, roster: expected.seen.roster },
  })
  return statements
}

interface Remembering {
  readonly anchor: Anchor
  readonly root: Fingerprint
  readonly verified: Parameters<typeof remember>[1]
}

async function rememberOwn(context: Context, { anchor, root, verified }: Remembering): Promise<void> {
  const { organisation } = verified
  await keepAnchor(context, { before: anchor, now: { ...remember(followRoot(anchor, root), verified), organisation } })
}

/** Keeps what was verified. A root that the pinned one named is pinned from now on, and the person is told. */
export async function keepAnchor(
  { home, output }: Context,
  { before, now }: { readonly before: Anchor; readonly now: Anchor },
): Promise<void> {
  await home.writeAnchor(now)
  if (now.root === before.root) return
  output.note(
    `Your organisation has a new root, named by the one you pinned:\n  ${readable(now.root)}\nIt is pinned from now on.`,
  )
}
