// `safehand organisation pin`: the root that this home believes. Making or bringing a key pins it too.
import type { Anchor } from '#client/trust/anchor.ts'
import { pinRoot } from '#client/trust/pin-root.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import { type Fingerprint, fingerprint } from '#domain/values.ts'
import { readable } from '#words/en/fingerprints.ts'
import { type Context, signedInApi } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { fetchServiceKeys } from '../service.ts'

export interface PinOptions {
  readonly root: string
  readonly origin?: string
}

export interface PinAgainOptions extends PinOptions {
  readonly yes?: true
}

/** The one command that may pin another root, asking first, while nothing was signed under the one before. */
export async function pinOnly(context: Context, { yes, ...options }: PinAgainOptions): Promise<void> {
  const given = rootOf(options)
  const replaces = async (pinned: Fingerprint) => {
    const question = [
      `Pinned here: ${readable(pinned)}`,
      `Now given:   ${readable(given)}`,
      'Nothing was signed under the first. Did a colleague read you the second, and shall it be pinned instead?',
    ].join('\n')
    if (yes || (await context.io.confirm(question))) return true
    throw usage('Nothing was changed.')
  }
  const { root, origin } = await pinAs(context, { options, replaces })
  context.output.result({ value: { root, origin }, text: `Pinned: root ${readable(root)} at ${origin}` })
}

/** Pins once. What was pinned before stays, and anything else is refused. */
export function pin(context: Context, options: PinOptions): Promise<Anchor> {
  const replaces = async (pinned: Fingerprint) => {
    const again = 'If it was mistyped, pin the right one first: safehand organisation pin --root FINGERPRINT'
    throw usage(`Another root is pinned here: ${readable(pinned)}. ${again}`)
  }
  return pinAs(context, { options, replaces })
}

interface PinAs {
  readonly options: PinOptions
  readonly replaces: (pinned: Fingerprint) => Promise<boolean>
}

async function pinAs(context: Context, { options, replaces }: PinAs): Promise<Anchor> {
  const { home } = context
  const root = rootOf(options)
  const { origin } = await fetchServiceKeys(context)
  if (options.origin !== undefined && options.origin !== origin)
    throw new TrustRefused({ code: 'TRUST_ORIGIN', saw: origin })
  const pinned = await home.findAnchor()
  const anchor = await pinRoot({ api: await signedInApi(context), pinned, replaces }, { root, origin })
  if (anchor !== pinned) await home.writeAnchor(anchor)
  return anchor
}

function rootOf({ root }: PinOptions): Fingerprint {
  const parsed = fingerprint.safeParse(root.replaceAll(/\s/g, '').toLowerCase())
  if (!parsed.success) throw usage('--root is a full fingerprint: 40 or 64 hexadecimal characters.')
  return parsed.data
}
