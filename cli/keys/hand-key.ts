// A key used by hand: the person opens the challenge with gpg (or another program) and pastes its nonce. Files of theirs
// are opened and signed there too, so that this holder answers challenges and nothing else.
import type { KeyHolder } from '#client/trust/key-holder.ts'
import { answerByNonce } from '#openpgp/key-proof.ts'
import { usage } from '../terminal/exit-codes.ts'

/** `readNonce` is given the challenge as it came. */
export function handKey(readNonce: (message: Uint8Array) => Promise<string>): KeyHolder {
  return {
    sign: () => Promise.reject(byHand()),
    unwrap: () => Promise.reject(byHand()),
    async answer({ message, expected, expires }) {
      const nonce = (await readNonce(message)).trim()
      if (!/^[0-9a-f]{64}$/.test(nonce))
        throw usage('The nonce is the 64 characters before the date in the opened line.')
      return { ok: true, answer: await answerByNonce({ nonce, expected, expires }) }
    },
  }
}

function byHand() {
  return usage('Your key is used by hand, so this command cannot use it. Register it again with --with-gpg.')
}
