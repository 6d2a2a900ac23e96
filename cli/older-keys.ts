// Stops a transfer that somebody could not open: bodies are made in `v2-gcm` alone so far, and a key that GnuPG made or
// imported does not read it. Goes when the profile `v1-cfb` is sent.
import type { VerifiedPerson } from '#client/verify-organisation.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import type { Context } from './context.ts'
import { CommandFailed, exitCodes } from './exit-codes.ts'

export async function refuseOlderKeys({ io }: Context, readers: readonly VerifiedPerson[]): Promise<void> {
  for (const { name, certificateBytes } of readers) {
    const found = await inspectCertificate(certificateBytes, io.now())
    if (!found.ok || found.certificate.supportsV2Gcm) continue
    const message = `${name}’s key is for GnuPG, and cannot open what this version of safehand sends.`
    throw new CommandFailed({ exit: exitCodes.refusedByClient, code: 'PROFILE_CANNOT_OPEN', message })
  }
}
