// The one thing a client believes without proof: its own organisation's root and the installation's origin, pinned by
// a person when the key was made (ARCHITECTURE.md#anchor). Also the highest sequences seen, so that nobody can serve
// yesterday again.
import type { Anchor, SeenSequences } from '#domain/anchor.ts'
import type { Fingerprint, OrganisationId } from '#domain/values.ts'

export type { Anchor, SeenSequences }

export function newAnchor(pinned: Pick<Anchor, 'origin' | 'root'>): Anchor {
  return { ...pinned, seen: {} }
}

export function seenOf(known: Anchor, organisation: OrganisationId): SeenSequences {
  return known.seen[organisation] ?? { statement: 0, roster: 0 }
}

/** What is to be kept, when another command kept something meanwhile: no sequence goes back, and no root either. */
export function keepSeen(known: Anchor, kept: Anchor): Anchor {
  const next = known.origin === kept.origin ? laterRoot(known, kept) : null
  if (!next) return known
  const organisations = Object.entries(kept.seen) as [OrganisationId, SeenSequences][]
  const seen = organisations.reduce((all, [organisation, before]) => remember(all, { organisation, ...before }), next)
  return rememberRevoked(seen, kept.revoked ?? [])
}

/** Null when neither led to the other: then a person pinned anew. */
function laterRoot(known: Anchor, { root, former }: Anchor): Anchor | null {
  if (known.root === root || known.former?.includes(root)) return known
  return former?.includes(known.root) ? { ...known, root, former } : null
}

/** Remembers the subkeys that a verified log's entries say were revoked; never forgets one. */
export function rememberRevoked(known: Anchor, subkeys: readonly Fingerprint[]): Anchor {
  if (subkeys.length === 0) return known
  return { ...known, revoked: [...new Set([...(known.revoked ?? []), ...subkeys])] }
}

/** Pins the root that the pinned one led to by the statements it signed. */
export function followRoot(known: Anchor, root: Fingerprint): Anchor {
  if (known.root === root) return known
  return { ...known, root, former: [...(known.former ?? []), known.root] }
}

/** Remembers what was verified; never forgets a higher sequence. */
export function remember(known: Anchor, verified: { readonly organisation: OrganisationId } & SeenSequences): Anchor {
  const before = seenOf(known, verified.organisation)
  const statement = Math.max(before.statement, verified.statement)
  const roster = Math.max(before.roster, verified.roster)
  return { ...known, seen: { ...known.seen, [verified.organisation]: { statement, roster } } }
}
