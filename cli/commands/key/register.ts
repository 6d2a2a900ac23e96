// `safehand key register`: brings a key of one’s own, and pins the own root and the origin.
import type { OwnKey } from '#domain/certificates/key-file.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { bringOwnKey, type OwnKeyOptions } from './own-key.ts'
import { type PinOptions, pin } from '../organisation/pin.ts'

export async function registerOwn(context: Context, file: string, options: PinOptions & OwnKeyOptions): Promise<void> {
  const { home } = context
  if (await home.findKey('key')) throw usage('There is a key here already. For another use: safehand key replace')
  await pin(context, options)
  const keep = (key: OwnKey) => home.writeKey('key', key)
  await bringOwnKey(context, { file, withGpg: options.withGpg ?? false, keep })
}
