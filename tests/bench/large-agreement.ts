// The cast's agreement permits what one scan takes. This second one, made and signed like the first, permits files of any
// size, scanned in windows or, where they cannot be, released by an approver.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Agreement } from '#domain/agreements/agreement.ts'
import type { AgreementId } from '#domain/values.ts'
import { randomId } from '#platform/crypto.ts'
import { passphraseOf, until } from '../fixtures/cast.ts'
import type { Site } from './site.ts'

/** What the cast's agreement permits for one file. */
export const usualMib = 2000
const mostOctets = 64 * 1024 ** 3

/** Resolves when it is in force. */
export async function agreeOnLarge({ cast, homes }: Site): Promise<AgreementId> {
  const usual: Agreement = JSON.parse(await readFile(join(homes, 'agreement.json'), 'utf8'))
  const id = randomId() as AgreementId
  const reference = usual.reference.replace(/\d$/, '2')
  const flows = usual.flows.map((flow) => ({ ...flow, maxFileBytes: mostOctets }))
  const file = join(homes, 'large-agreement.json')
  await writeFile(file, JSON.stringify({ ...usual, id, reference, flows }))
  const { officer } = cast.council
  await officer.done('agreement', 'import', file)
  for (const { siro } of [cast.council, cast.police]) {
    await siro.done('agreement', 'sign', id, '--yes', ...passphraseOf(siro))
  }
  await until('the agreement on large files is in force', async () => {
    const { agreements } = await officer.done('agreement', 'list')
    return agreements.some((one: Listed) => one.id === id && one.activatedAt !== null)
  })
  return id
}

interface Listed {
  readonly id: AgreementId
  readonly activatedAt: string | null
}
