// The one thing a client believes without proof: its own organisation's root and the installation's origin, pinned by
// a person when the key was made (DESIGN 6). Also the highest sequences seen, so that nobody can serve yesterday again.
import type { Anchor, SeenSequences } from '#domain/anchor.ts'
import type { OrganisationId } from '#domain/values.ts'

export type { Anchor, SeenSequences }

export function newAnchor(pinned: Pick<Anchor, 'origin' | 'root'>): Anchor {
  return { ...pinned, seen: {} }
}

export function seenOf(known: Anchor, organisation: OrganisationId): SeenSequences {
  return known.seen[organisation] ?? { statement: 0, roster: 0 }
}

/** What is to be kept, when another command kept something meanwhile: under the same root no sequence goes back. */
export function keepSeen(known: Anchor, { origin, root, seen }: Anchor): Anchor {
  if (known.origin !== origin || known.root !== root) return known
  const organisations = Object.entries(seen) as [OrganisationId, SeenSequences][]
  return organisations.reduce((kept, [organisation, before]) => remember(kept, { organisation, ...before }), known)
}

/** Remembers what was verified; never forgets a higher sequence. */
export function remember(known: Anchor, verified: { readonly organisation: OrganisationId } & SeenSequences): Anchor {
  const before = seenOf(known, verified.organisation)
  const statement = Math.max(before.statement, verified.statement)
  const roster = Math.max(before.roster, verified.roster)
  return { ...known, seen: { ...known.seen, [verified.organisation]: { statement, roster } } }
}
