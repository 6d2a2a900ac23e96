// A registration's challenge that waits for its nonce, for keys used by hand: kept in the home between two commands.
import { type Challenge, challenge as challengeModel } from '#contract/certificates.ts'
import { writePrivate } from '#platform/files.ts'
import type { Context } from '../../context.ts'
import { usage } from '../../terminal/exit-codes.ts'
import { readJson } from '../../home.ts'

export async function keepChallenge({ home }: Context, challenge: Challenge): Promise<void> {
  await writePrivate(await home.path('challenge.json'), `${JSON.stringify(challenge)}\n`)
}

export async function readChallenge({ home }: Context): Promise<Challenge> {
  const found = await readJson({ path: await home.path('challenge.json'), model: challengeModel })
  if (!found) throw usage('No challenge waits for an answer. Use: safehand key prove')
  return found
}
