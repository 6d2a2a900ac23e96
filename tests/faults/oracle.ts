// What must hold after every fault: what was sent has arrived whole and once; each act has its entry once, in a log that
// verifies; nothing is left over, stuck or legible. Believes only what lies there: tables past all wires, files, folders.
// Mail is told at least once: every copy of one telling has the same Message-ID, so that a mail program shows it once.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findCanary } from './canary.ts'
import type { Canaries, Ending, Journey } from './journey.ts'
import { ask, processNames, type Site } from './site.ts'

/** Copies of one mail, at most: one for each time that its being sent could not be learnt. */
const mostCopies = 3

export interface Ended {
  readonly transfer: string
  readonly ending: Ending
}

/** What is wrong with one transfer that was carried through; nothing is what everyone hopes for. */
export async function judgeJourney(journey: Journey, ended: Ended): Promise<string[]> {
  const { site } = journey
  return [
    ...site.deaths(),
    ...(await untilQuiet(site)),
    ...(ended.ending === 'acknowledged' ? await judgeFiles(journey) : await judgeDestroyed(site, ended.transfer)),
    ...(await judgeTransfers(journey, ended)),
    ...(await judgeEntries(site, ended)),
    ...(await judgeMails(site, ended.transfer)),
    ...(await judgeStores(site)),
  ]
}

/** Nothing waits any more for a job, a log or a key. */
async function untilQuiet(site: Site): Promise<string[]> {
  const deadline = performance.now() + 300_000
  for (;;) {
    const busy = await findBusy(site).catch((error: Error) => [error.message])
    if (busy.length === 0) return []
    if (performance.now() > deadline) return busy.map((one) => `stuck: ${one}`)
    await sleep(200)
  }
}

async function findBusy(site: Site): Promise<string[]> {
  const rows = await ask<{ what: string }>(
    site,
    `select 'job ' || job || ' was never handed over' as what from outbox where sent_at is null
     union all select 'an entry for ' || log || ' waits' from audit.intake
     union all select 'transfer ' || id || ' is ' || state from transfer
       where state in ('dispatched', 'scanning', 'waiting-for-sender', 'abandoned', 'recalled', 'expired')
     union all select 'scan key ' || c.fingerprint || ' of ' || c.transfer || ' lives' from scan_certificate c
       join verdict v on v.transfer = c.transfer
       where not exists (select from scan_key_destroyed d where d.fingerprint = c.fingerprint)
     union all select 'mail ' || (data ->> 'template') || ' of ' || (data ->> 'transfer') || ' was not told' from outbox
       where job = 'send-mail' and not exists (select from notified n where n.transfer = data ->> 'transfer'
         and n.account = data ->> 'account' and n.template = data ->> 'template'
         and n.correlation = data ->> 'correlation')`,
  )
  return rows.map(({ what }) => what)
}

/** Whatever was collected, however often, is what was sent; nothing unfinished lies beside it. */
async function judgeFiles({ file, into }: Journey): Promise<string[]> {
  const sent = await readFile(file)
  const names = await readdir(into)
  const whole = names.filter((name) => !name.endsWith('.part'))
  const unlike: string[] = []
  for (const name of whole) if (!sent.equals(await readFile(join(into, name)))) unlike.push(`${name} is not as sent`)
  return [
    ...(whole.length === 0 ? ['nothing was collected'] : []),
    ...unlike,
    ...(whole.length < names.length ? [`unfinished files were left: ${names.length - whole.length}`] : []),
  ]
}

/** Of what ended nothing is left: no body, no wrapped key. */
async function judgeDestroyed({ objects, ...site }: Site, transfer: string): Promise<string[]> {
  const keys = await ask<{ key: string }>(site, 'select object_key as key from transfer_file where transfer = $1', [
    transfer,
  ])
  const sizes = await Promise.all(keys.map(({ key }) => objects.size(key)))
  const wrapped = await ask(site, 'select 1 from pkesk where transfer = $1', [transfer])
  return [
    ...(sizes.some((size) => size !== undefined) ? [`a body of ${transfer} is still there`] : []),
    ...(wrapped.length > 0 ? [`${wrapped.length} wrapped keys of ${transfer} are still there`] : []),
  ]
}

/** One of the attempts to send arrived; the others never left their sender. */
async function judgeTransfers({ site, reference }: Journey, { transfer, ending }: Ended): Promise<string[]> {
  const rows = await ask<{ id: string; state: string; delivery: string; left: boolean }>(
    site,
    `select t.id, t.state, d.state as delivery, t.dispatched_at is not null as left
     from transfer t join delivery d on d.transfer = t.id where t.case_reference = $1`,
    [reference],
  )
  const [state, delivery] = ending === 'acknowledged' ? ['released', 'acknowledged'] : ['destroyed', 'waiting']
  return rows.flatMap((row) => {
    if (row.id !== transfer) return row.left ? [`${row.id} was sent too: it is ${row.state}`] : []
    const asExpected = row.state === state && row.delivery === delivery
    return asExpected ? [] : [`${row.id} is ${row.state} and ${row.delivery}, not ${state} and ${delivery}`]
  })
}

interface Counted extends Record<string, unknown> {
  readonly event: string
  readonly count: number
}

async function judgeEntries(site: Site, { transfer, ending }: Ended): Promise<string[]> {
  const counted = await ask<Counted>(
    site,
    `select entry ->> 'event' as event, count(*)::int as count
     from (select convert_from(bytes, 'UTF8')::jsonb as entry from audit.entry) as entries
     where entry ->> 'transfer' = $1 and entry ->> 'outcome' = 'success' group by 1`,
    [transfer],
  )
  const [stored] = await ask<Record<string, number>>(
    site,
    `select (select count(*)::int from transfer_file where transfer = $1) as files,
       (select count(*)::int from scan_certificate where transfer = $1) as certificates,
       (select count(*)::int from scan_key_destroyed where transfer = $1) as destroyed,
       (select count(*)::int from earlier_note where transfer = $1) as earlier,
       (select count(*)::int from notified where transfer = $1) as notified`,
    [transfer],
  )
  if (!stored) return ['the database does not answer']
  const expected: Record<string, number> = {
    'transfer.drafted': 1,
    'file.uploaded': stored.files ?? 0,
    'scan.certificate.issued': stored.certificates ?? 0,
    'transfer.dispatched': 1 + (stored.earlier ?? 0),
    'scan.verdict': 1,
    // Of a lost one nothing is left to destroy; that none lives is seen before.
    'scan.key.destroyed': stored.destroyed ?? 0,
    'transfer.released': 1,
    'transfer.notified': stored.notified ?? 0,
    'transfer.acknowledged': ending === 'acknowledged' ? 1 : 0,
    'transfer.recalled': ending === 'recalled' ? 1 : 0,
    'transfer.expired': ending === 'expired' ? 1 : 0,
    'transfer.destroyed': ending === 'acknowledged' ? 0 : 1,
  }
  const found = new Map(counted.map(({ event, count }) => [event, count]))
  return Object.entries(expected).flatMap(([event, count]) => {
    const seen = found.get(event) ?? 0
    return seen === count ? [] : [`${seen} entries of ${event}, not ${count}`]
  })
}

async function judgeMails(site: Site, transfer: string): Promise<string[]> {
  const mails = (await site.services.messages()).filter((mail) => mail.replaceAll('=\r\n', '').includes(transfer))
  const copies = Object.groupBy(mails, (mail) => /^message-id: *(\S+)/im.exec(mail)?.[1] ?? 'none')
  const told = await ask(site, 'select 1 from notified where transfer = $1', [transfer])
  const ids = Object.entries(copies)
  return [
    ...(ids.length === told.length ? [] : [`${ids.length} different mails, not ${told.length}`]),
    ...ids.flatMap(([id, some = []]) => (some.length > mostCopies ? [`${some.length} copies of mail ${id}`] : [])),
  ]
}

/** No object that no file knows, and no upload that nobody can go on with. */
async function judgeStores({ objects, ...site }: Site): Promise<string[]> {
  const rows = await ask<{ key: string; upload: string | null }>(
    site,
    `select f.object_key as key, u.object_upload as upload from transfer_file f left join upload u using (transfer, file)`,
  )
  const known = new Map(rows.map(({ key, upload }) => [key, upload]))
  const wrong: string[] = []
  for await (const key of objects.list('')) if (!known.has(key)) wrong.push(`nobody knows of the object ${key}`)
  for await (const { key, uploadId } of objects.uploadsInProgress('')) {
    if (known.get(key) !== uploadId) wrong.push(`nobody knows of the upload ${uploadId} to ${key}`)
  }
  return wrong
}

export interface Searched {
  readonly canaries: Canaries
  /** ms since 1970. */
  readonly since: number
}

/** No plaintext and no file name anywhere. */
export async function judgeSecrecy(site: Site, { canaries, since }: Searched): Promise<string[]> {
  const pids = [
    ...processNames.map((name) => site.installation.processes[name].pid),
    ...Object.values(site.services.parts).flatMap((part) => part?.pid ?? []),
  ]
  const wrong: string[] = []
  for (const [what, text] of Object.entries(canaries)) {
    const found = await findCanary({ folders: site.inside, pids, text, since })
    wrong.push(...found.map((path) => `the ${what} of a file can be read in ${path}`))
    for (const name of processNames) {
      if (site.installation.processes[name].lastOutput().includes(text))
        wrong.push(`${name} printed the ${what} of a file`)
    }
  }
  return wrong
}

/** Both parties take the log home, and it holds. */
export async function judgeLog({ cast }: Site, into: string): Promise<string[]> {
  const wrong: string[] = []
  for (const officer of [cast.council.officer, cast.police.officer]) {
    const folder = join(into, officer.email)
    const exported = await officer.run('audit', 'export', cast.agreement, '--into', folder, '--json')
    if (exported.exit !== 0) wrong.push(`${officer.email} cannot export the log: ${exported.text}`)
    const verified = await officer.run('audit', 'verify', folder, '--json')
    if (verified.exit !== 0) wrong.push(`${officer.email} cannot verify the log: ${verified.text}`)
  }
  return wrong
}
