// The gate for every key that a command reads and sends: one public certificate as it was parsed here, and nothing else.
import { type PublicCertificate, readPublicCertificate } from '#openpgp/public-certificate.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { CommandFailed, exitCodes } from '../terminal/exit-codes.ts'

/** `of`: where the bytes came from. Throws CommandFailed: nothing of them was sent. */
export async function publicPart(bytes: Uint8Array, of: string): Promise<PublicCertificate> {
  const read = await readPublicCertificate(bytes)
  if (read.ok) return read.certificate
  const { code } = read
  const { title, action } = describeRefusal({ code })
  const message = `${of}: ${title}. It was not sent. ${action} The public part: gpg --export FINGERPRINT`
  throw new CommandFailed({ exit: exitCodes.refusedByClient, code, message })
}
