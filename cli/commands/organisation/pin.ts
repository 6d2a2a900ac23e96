// `safehand organisation pin`: the root that this home believes. Making or bringing a key pins it too.
import { type Anchor, newAnchor } from '#client/trust/anchor.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import { fingerprint } from '#domain/values.ts'
import { readable } from '#words/en/fingerprints.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { fetchServiceKeys } from '../service.ts'

export interface PinOptions {
  readonly root: string
  readonly origin?: string
}

export async function pinOnly(context: Context, options: PinOptions): Promise<void> {
  const { root, origin } = await pin(context, options)
  context.output.result({ value: { root, origin }, text: `Pinned: root ${readable(root)} at ${origin}` })
}

/** Pins once. What was pinned before stays, and anything else is refused. */
export async function pin(context: Context, options: PinOptions): Promise<Anchor> {
  const { home } = context
  const root = fingerprint.safeParse(options.root.replaceAll(/\s/g, '').toLowerCase())
  if (!root.success) throw usage('--root is a full fingerprint: 40 or 64 hexadecimal characters.')
  const { origin } = await fetchServiceKeys(context)
  if (options.origin !== undefined && options.origin !== origin)
    throw new TrustRefused({ code: 'TRUST_ORIGIN', saw: origin })
  const pinned = await home.findAnchor()
  if (pinned?.former?.includes(root.data)) return pinned
  if (pinned && pinned.root !== root.data) throw new TrustRefused({ code: 'TRUST_ROOT', saw: root.data })
  if (pinned && pinned.origin !== origin) throw new TrustRefused({ code: 'TRUST_ORIGIN', saw: origin })
  if (pinned) return pinned
  const anchor = newAnchor({ origin, root: root.data })
  await home.writeAnchor(anchor)
  return anchor
}
