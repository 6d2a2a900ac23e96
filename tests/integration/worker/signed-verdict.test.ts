// The scanner as a process signs what it has just read, together with the entry that names the document; and signs nothing
// that it finds in a table, so that what was judged before verdicts were signed is rejected (ARCHITECTURE.md#verdict-document).
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { parseDocument } from '#domain/document.ts'
import { verdictDocument } from '#domain/transfers/documents/verdict.ts'
import type { TransferId } from '#domain/values.ts'
import { readPrivateKeyBytes } from '#openpgp/keys.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { hashOf } from '../../fixtures/documents.ts'
import {
  dispatchTransfer,
  holdTable,
  loadEntries,
  loadEvents,
  loadVerdicts,
  scanAgain,
  startWorkers,
  untilState,
  type Workers,
} from '../../fixtures/workers.ts'

const text = (words: string) => new TextEncoder().encode(words)
const eicar = Buffer.from(`X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-${'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'}`, 'latin1')
let workers: Workers

beforeAll(async () => {
  workers = await startWorkers(inject('services'))
  await Promise.all([workers.start('scanner'), workers.start('housekeeper')])
})
afterAll(() => workers?.stop())

const owner = () => workers.database.as.owner.database
const documentOf = (id: TransferId) =>
  owner().selectFrom('verdict_document').selectAll().where('transfer', '=', id).executeTakeFirst()

async function signedOf(id: TransferId) {
  const row = (await documentOf(id))!
  const { certificate } = await readPrivateKeyBytes(await readFile(join(workers.directory, 'scan-authority.pgp')))
  const { bytes, signature, at } = row
  const verified = await verifyDetached({ bytes, signature, certificate, at })
  expect(verified).toMatchObject({ ok: true, fingerprint: row.authority })
  const parsed = parseDocument(verdictDocument, bytes)
  if (!parsed.ok) throw new Error(parsed.reason)
  return { row, value: parsed.value }
}

describe('[verdict/signed] the verdict on a transfer', () => {
  it('[verdict/signed] is signed by the scan authority, file by file, on the note that was scanned, and the entry names it', async () => {
    const { id, note, scan } = await dispatchTransfer(workers, { contents: [text('minutes'), eicar] })
    await untilState(workers, { id, state: 'rejected' })
    const { row, value } = await signedOf(id)
    const [minutes, virus, manifest] = note.files
    const { note_hash } = await owner()
      .selectFrom('transfer')
      .select('note_hash')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(value).toMatchObject({ transfer: id, note: note_hash, scanKey: scan, fingerprint: row.authority })
    expect(value.files).toMatchObject([
      { id: minutes!.id, bodyDigest: minutes!.bodyDigest, size: 7, verdict: 'clean', finding: null, typeSeen: 'text' },
      { id: virus!.id, size: eicar.length, verdict: 'infected', finding: expect.stringContaining('Eicar') },
      { id: 'manifest', bodyDigest: manifest!.bodyDigest, verdict: 'clean' },
    ])
    const entry = (await loadEntries(workers, id)).find(({ event }) => event === 'scan.verdict')
    expect(entry?.detail).toMatchObject({ verdict: 'infected', document: hashOf(row.bytes) })
  })

  it('[verdict/signed] is never signed from what stands in a table, and what has none is rejected', async () => {
    const verdicts = await holdTable(workers, 'verdict')
    const { id } = await dispatchTransfer(workers, { contents: [text('judged before')] })
    await verdicts.reached()
    // The first thing that a release does: it is judged then, and sealed.
    const releases = await holdTable(workers, 'pkesk')
    await verdicts.free()
    await releases.reached()
    await workers.processes.housekeeper!.kill()
    await releases.free()
    await owner().deleteFrom('verdict_document').where('transfer', '=', id).execute()

    const release = workers.database.as.housekeeper.database
      .updateTable('transfer')
      .set({ state: 'released' })
      .where('id', '=', id)
    await expect(release.execute()).rejects.toThrow(/released only clean and sealed/)
    await scanAgain(workers, id)
    await workers.start('housekeeper')
    await untilState(workers, { id, state: 'rejected', seconds: 60 })
    // Jobs of one queue are taken in turn: when the next is judged, the scan that was asked for again is over.
    const next = await dispatchTransfer(workers, { contents: [text('the next')] })
    await untilState(workers, { id: next.id, state: 'released', seconds: 60 })
    expect(await loadVerdicts(workers, id)).toMatchObject([{ verdict: 'clean' }, { verdict: 'clean' }])
    expect(await documentOf(id)).toBeUndefined()
    expect(await loadEvents(workers, id)).not.toContain('transfer.released')
    const entry = (await loadEntries(workers, id)).find(({ event }) => event === 'transfer.rejected')
    expect(entry?.detail).toEqual({ reason: 'verdict not signed' })
  })
})
