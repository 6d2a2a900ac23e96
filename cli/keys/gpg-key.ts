// Custody `own`: the private key stays in gpg, its agent or a smartcard; this is how a client uses it there
// (ARCHITECTURE.md#custody). Trusts gpg with the key only: challenges are answered by the same rules as for a key in
// memory.
import type { KeyHolder } from '#client/trust/key-holder.ts'
import type { Fingerprint } from '#domain/values.ts'
import { answerLine, CHALLENGE_LIMIT } from '#openpgp/key-proof.ts'
import { asSessionKey } from '#openpgp/session-key.ts'
import { type Gpg, GpgFailed } from '#platform/gpg.ts'
import { CommandFailed, exitCodes } from '../terminal/exit-codes.ts'

/** RFC 9580 9.3. */
const aes256 = 9

export function gpgKey({ gpg, fingerprint }: { readonly gpg: Gpg; readonly fingerprint: Fingerprint }): KeyHolder {
  return {
    sign: ({ bytes }) => asking(async () => Uint8Array.from(await gpg.sign({ bytes, fingerprint }))),

    unwrap: (pkesk) =>
      asking(async () => {
        const { algorithm, key } = await gpg.sessionKey(withBodyStub(pkesk))
        if (algorithm !== aes256) throw new GpgFailed(`gpg found a key for cipher ${algorithm}`)
        return asSessionKey(key)
      }),

    async answer({ message, expected, now }) {
      if (message.length > CHALLENGE_LIMIT) return refused(`a message of ${message.length} octets, not a key proof`)
      const line = await asking(() => gpg.decrypt(message))
      return answerLine({ line: new TextDecoder().decode(line), expected, now })
    },
  }
}

function refused(saw: string) {
  return { ok: false, code: 'CHALLENGE_REFUSED', saw } as const
}

/** gpg says a session key once a body begins after it; this one is never opened: SEIPD version 1, 40 zero octets. */
function withBodyStub(pkesk: Uint8Array): Uint8Array {
  const stub = new Uint8Array(43)
  stub.set([0xd2, 41, 1])
  const message = new Uint8Array(pkesk.length + stub.length)
  message.set(pkesk)
  message.set(stub, pkesk.length)
  return message
}

async function asking<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof GpgFailed)) throw error
    throw new CommandFailed({ exit: exitCodes.unauthenticated, code: 'GPG_FAILED', message: `${error.message}.` })
  }
}
