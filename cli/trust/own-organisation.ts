// Where this home keeps what it trusts, for what is done with the own organisation.
import type { Anchor } from '#client/trust/anchor.ts'
import type { Own } from '#client/trust/own-organisation.ts'
import type { Api } from '#client/api.ts'
import { readable } from '#words/en/fingerprints.ts'
import type { Context } from '../context.ts'

export function ownOf(context: Context, api: Api): Own {
  const { io, home } = context
  return { api, now: io.now, readAnchor: home.readAnchor, keepAnchor: (change) => keepAnchor(context, change) }
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
