// The refusal of a file that another program encrypted and that cannot be sent as it is, before anything of it leaves.
import type { EnvelopeDetail, EnvelopeError } from '#openpgp/envelope-error.ts'
import { describeRefusal } from '#words/en/refusals.ts'

/** What says that others can open it than the recipients, or not all of them. */
const otherReaders: readonly EnvelopeDetail[] = [
  'plaintext',
  'recipient-unexpected',
  'recipient-twice',
  'recipient-missing',
  'hidden-recipient',
  'password-packet',
  'cannot-unwrap',
]

export class FileRefused extends Error {
  override readonly name = 'FileRefused'
  readonly code: 'NOT_ENCRYPTED_TO_RECIPIENTS' | 'ENVELOPE_MALFORMED'

  constructor({ file, error }: { readonly file: string; readonly error: EnvelopeError }) {
    const code = otherReaders.includes(error.detail) ? 'NOT_ENCRYPTED_TO_RECIPIENTS' : 'ENVELOPE_MALFORMED'
    const { title, action } = describeRefusal({ code })
    super(`${file}: ${title} (saw: ${error.message}). ${action}`, { cause: error })
    this.code = code
  }
}
