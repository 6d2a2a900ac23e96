// `safehand audit verify`: checks an exported log without the service.
import type { Context } from '../../context.ts'
import { report } from './report.ts'

export interface VerifyOptions {
  readonly earlier?: readonly string[]
  readonly entries?: boolean
}

export async function verifyCommand(
  context: Context,
  { folder, earlier = [], entries = false }: VerifyOptions & { readonly folder: string },
): Promise<void> {
  await report(context, { folder, earlier, ...(entries && { entries: [] }) })
}
