// What stands still: states whose next step is a job, and no sign of that job since `before`. The queue may lose
// everything at any time; this is where its jobs are found again (ARCHITECTURE.md#jobs).
import { type RawBuilder, sql } from 'kysely'
import type { Job } from '#domain/decision.ts'
import { addSeconds } from '#domain/time.ts'
import type { MailTemplate } from '#domain/transfers/changes.ts'
import { graceSeconds } from '#domain/transfers/decisions/decide-abandon.ts'
import { mostDaysBeforeDestructionDue, usualRemindAfterWorkingDays } from '#domain/transfers/decisions/decide-remind.ts'
import { senderDeadlineSeconds } from '#domain/transfers/decisions/decide-release.ts'
import { scanKeyLifeSeconds } from '#domain/transfers/documents/scan-certificate.ts'
import type { AccountId, CorrelationId, Instant, TransferId } from '#domain/values.ts'
import type { Database } from './database.ts'
import { destructionDays } from './transfers/endings.ts'
import { daysAfterAcknowledgement, numberOfFlow } from './transfers/facts.ts'

export interface LostJob extends Job {
  /** What it is about; with the name, one job at a time. */
  readonly key: string
  /** That of the act it follows from, where it matters which one; else a new one will do. */
  readonly correlation?: CorrelationId
}

/** Every job that should have been done by `before`. */
export async function findLostJobs(database: Database, before: Instant, now = before): Promise<LostJob[]> {
  const found = await Promise.all([
    certificatesNotMade(database, before),
    transfersNotJudged(database, before),
    keysNotDestroyed(database, before),
    transfersNotReleased(database, { before, now }),
    sendersOverdue(database, before),
    transfersLeft(database, before),
    agreementsNotActivated(database, before),
    transfersNotExpired(database, before),
    transfersNotDestroyed(database, before),
    transfersNotCollected(database, before),
    destructionsNotStated(database, before),
    mailsNotSent(database, before),
    accountMailsNotSent(database, before),
  ])
  return found.flat()
}

/** The state says nothing of a request for a certificate; the outbox does, for as long as anyone may wait for it. */
async function certificatesNotMade(database: Database, before: Instant): Promise<LostJob[]> {
  const { rows } = await sql<{ transfer: TransferId }>`
    select distinct t.id as transfer from outbox o join transfer t on t.id = o.data->>'transfer'
    where o.job = 'make-scan-certificate' and o.sent_at < ${before} and o.sent_at > ${before}::timestamptz - interval '1 day'
      and t.state in ('draft', 'uploading', 'waiting-for-sender')
      and not exists (select from scan_certificate c where c.transfer = t.id and c.lost_at is null)`.execute(database)
  return rows.map(({ transfer }) => ({ name: 'make-scan-certificate', key: transfer, data: { transfer } }))
}

async function transfersNotJudged(database: Database, before: Instant): Promise<LostJob[]> {
  const rows = await database
    .selectFrom('transfer')
    .select('id')
    .where('state', 'in', ['dispatched', 'scanning'])
    .where('dispatched_at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('verdict').select('file').whereRef('verdict.transfer', '=', 'transfer.id'))),
    )
    .execute()
  return rows.map(({ id }) => ({ name: 'scan-transfer', key: id, data: { transfer: id } }))
}

/** Judged, lost, too old, or of a transfer that has ended (domain/transfers/decisions/decide-scan.ts decides again). */
async function keysNotDestroyed(database: Database, before: Instant): Promise<LostJob[]> {
  const rows = await database
    .selectFrom('scan_certificate as certificate')
    .innerJoin('transfer', 'transfer.id', 'certificate.transfer')
    .leftJoin('scan_key_destroyed as destroyed', 'destroyed.fingerprint', 'certificate.fingerprint')
    .select(['certificate.fingerprint', 'certificate.transfer'])
    .where('destroyed.at', 'is', null)
    .where((where) =>
      where.or([
        where('certificate.lost_at', '<', before),
        where('certificate.expires_at', '<', before),
        where('transfer.state', 'in', ['abandoned', 'rejected', 'recalled', 'expired', 'destroyed']),
        where.exists((query) =>
          query
            .selectFrom('verdict')
            .select('verdict.file')
            .whereRef('verdict.transfer', '=', 'certificate.transfer')
            .where('verdict.at', '<', before),
        ),
      ]),
    )
    .execute()
  return rows.map(({ fingerprint, transfer }) => ({
    name: 'destroy-scan-key',
    key: fingerprint,
    data: { transfer, fingerprint },
  }))
}

/** Judged and sealed, but neither released, held nor rejected; or approved and still held. */
async function transfersNotReleased(
  database: Database,
  { before, now }: { readonly before: Instant; readonly now: Instant },
): Promise<LostJob[]> {
  const { rows } = await sql<{ transfer: TransferId }>`
    select t.id as transfer from transfer t
    where (t.state = 'scanning' or t.state = 'awaiting-approval' and exists
        (select from approval a where a.transfer = t.id and a.at < ${before}))
      and (t.release_not_before is null or t.release_not_before <= ${now})
      and (t.held_reason is null or t.held_reason in ('unscannable', 'over-threshold'))
      and exists (select from verdict v where v.transfer = t.id and v.at < ${before})
      and not exists (select from scan_certificate c where c.transfer = t.id and not exists
        (select from scan_key_destroyed d where d.fingerprint = c.fingerprint and d.at < ${before}))`.execute(database)
  return rows.map(({ transfer }) => ({ name: 'release-transfer', key: transfer, data: { transfer } }))
}

/** A sender has a day to wrap again (domain/transfers/decisions/decide-release.ts decides again). */
async function sendersOverdue(database: Database, before: Instant): Promise<LostJob[]> {
  const deadline = addSeconds(before, -senderDeadlineSeconds)
  const { rows } = await sql<{ transfer: TransferId }>`
    select t.id as transfer from transfer t
    where t.state = 'waiting-for-sender'
      and (select max(c.lost_at) from scan_certificate c where c.transfer = t.id) < ${deadline}`.execute(database)
  return rows.map(({ transfer }) => ({ name: 'release-transfer', key: transfer, data: { transfer } }))
}

/** Begun, never handed over, and nobody can upload any more (domain/transfers/decisions/decide-abandon.ts decides again). */
async function transfersLeft(database: Database, before: Instant): Promise<LostJob[]> {
  const deadline = addSeconds(before, -graceSeconds)
  const { rows } = await sql<{ transfer: TransferId }>`
    select t.id as transfer from transfer t
    where t.state in ('draft', 'uploading') and t.created_at < ${deadline}
      and coalesce((select max(u.token_expires_at) from upload u where u.transfer = t.id),
        t.created_at + make_interval(secs => ${scanKeyLifeSeconds})) < ${deadline}`.execute(database)
  return rows.map(({ transfer }) => ({ name: 'abandon-transfer', key: transfer, data: { transfer } }))
}

/** By their expiry, or acknowledged by all and kept long enough (domain/transfers/decisions/decide-end.ts decides again). */
async function transfersNotExpired(database: Database, before: Instant): Promise<LostJob[]> {
  const days = daysAfterAcknowledgement(sql<string>`t.flow`)
  const { rows } = await sql<{ transfer: TransferId }>`
    select t.id as transfer from transfer t join agreement on agreement.hash = t.agreement
    where t.state = 'released' and t.held_at is null and (t.expires_at < ${before} or
      not exists (select from delivery d where d.transfer = t.id and d.acknowledged_at is null)
      and (select max(d.acknowledged_at) from delivery d where d.transfer = t.id)
        < ${before}::timestamptz - ${days} * interval '1 day')`.execute(database)
  return rows.map(({ transfer }) => ({ name: 'expire-transfer', key: transfer, data: { transfer } }))
}

/** Ended and sealed, and not held by an officer. */
async function transfersNotDestroyed(database: Database, before: Instant): Promise<LostJob[]> {
  const { rows } = await sql<{ transfer: TransferId }>`
    select t.id as transfer from transfer t
    where t.state in ('abandoned', 'rejected', 'recalled', 'expired') and t.held_at is null and t.ended_at < ${before}
      and not exists (select from scan_certificate c where c.transfer = t.id and not exists
        (select from scan_key_destroyed d where d.fingerprint = c.fingerprint and d.at < ${before}))`.execute(database)
  return rows.map(({ transfer }) => ({ name: 'destroy-transfer', key: transfer, data: { transfer } }))
}

/** By the days of the calendar, of which working days are fewer (domain/transfers/decisions/decide-remind.ts decides again). */
async function transfersNotCollected(database: Database, before: Instant): Promise<LostJob[]> {
  const days = sql<number>`coalesce(${numberOfFlow('remindAfterWorkingDays', sql<string>`t.flow`)}, ${usualRemindAfterWorkingDays})`
  const { rows } = await sql<{ transfer: TransferId }>`
    select t.id as transfer from transfer t join agreement on agreement.hash = t.agreement
    where t.state = 'released' and t.held_at is null and t.expires_at > ${before} and exists (
      select from delivery d cross join (values ('recipient', 1), ('sender', 2)) as s (stage, times)
      where d.transfer = t.id and d.state = 'waiting'
        and ${dayOf(sql`t.released_at`)} + ${days} * s.times <= ${dayOf(sql`${before}::timestamptz`)}
        and ${notReminded})`.execute(database)
  return rows.map(({ transfer }) => ({ name: 'remind-transfer', key: transfer, data: { transfer } }))
}

/** Fetched before a recall, and nobody said what became of the copy: some days before that is due, and after it. */
async function destructionsNotStated(database: Database, before: Instant): Promise<LostJob[]> {
  const late = sql`${dayOf(sql`${before}::timestamptz`)} - (${dayOf(sql`c.at`)} + ${destructionDays})`
  const { rows } = await sql<{ transfer: TransferId }>`
    select t.id as transfer from recall c join transfer t on t.id = c.transfer join agreement on agreement.hash = t.agreement
    where t.held_at is null and exists (
      select from delivery d cross join (values
        ('destruction-due', ${-mostDaysBeforeDestructionDue}::integer, 0), ('destruction-overdue', 1, null)) as s (stage, first, last)
      where d.transfer = t.id and d.state <> 'waiting'
        and ${late} >= s.first and (s.last is null or ${late} <= s.last)
        and not exists (select from destruction_statement x where x.transfer = t.id
          and x.team is not distinct from d.team and (d.team is not null or x.account = d.account))
        and ${notReminded})`.execute(database)
  return rows.map(({ transfer }) => ({ name: 'remind-transfer', key: transfer, data: { transfer } }))
}

const dayOf = (instant: RawBuilder<unknown>) => sql`(${instant} at time zone 'Europe/London')::date`

/** Of a delivery `d`, at a stage `s`. */
const notReminded = sql`not exists (select from reminder r where r.transfer = d.transfer and r.stage = s.stage
  and r.account is not distinct from d.account and r.team is not distinct from d.team)`

async function agreementsNotActivated(database: Database, before: Instant): Promise<LostJob[]> {
  const { rows } = await sql<{ hash: string }>`
    select a.hash from agreement a
    where a.activated_at is null
      and not exists (select from agreement_party p where p.agreement = a.hash and not exists
        (select from agreement_signature s where s.agreement = a.hash and s.organisation = p.organisation
           and s.signed_at < ${before}))`.execute(database)
  return rows.map(({ hash }) => ({ name: 'activate-agreement', key: hash, data: { agreement: hash } }))
}

/** A mail is a state of nothing; the outbox remembers that it was decided. */
async function mailsNotSent(database: Database, before: Instant): Promise<LostJob[]> {
  const { rows } = await sql<MailRow>`
    select o.data->>'transfer' as transfer, o.data->>'account' as account, o.data->>'template' as template,
           o.data->>'correlation' as correlation
    from outbox o
    where o.job = 'send-mail' and o.sent_at < ${before} and o.sent_at > ${before}::timestamptz - interval '7 days'
      and not exists (select from notified n where n.transfer = o.data->>'transfer' and n.account = o.data->>'account'
        and n.template = o.data->>'template' and n.correlation = o.data->>'correlation')`.execute(database)
  return rows.map(({ correlation, ...data }) => ({
    name: 'send-mail',
    key: `${data.transfer}-${data.account}-${data.template}`,
    data: { ...data },
    correlation,
  }))
}

interface MailRow {
  readonly transfer: TransferId
  readonly account: AccountId
  readonly template: MailTemplate
  readonly correlation: CorrelationId
}

async function accountMailsNotSent(database: Database, before: Instant): Promise<LostJob[]> {
  const { rows } = await sql<{ account: AccountId; template: string; correlation: CorrelationId }>`
    select o.data->>'account' as account, o.data->>'template' as template, o.data->>'correlation' as correlation
    from outbox o
    where o.job = 'send-account-mail' and o.sent_at < ${before} and o.sent_at > ${before}::timestamptz - interval '7 days'
      and not exists (select from account_notified n where n.account = o.data->>'account'
        and n.template = o.data->>'template' and n.correlation = o.data->>'correlation')`.execute(database)
  return rows.map(({ correlation, ...data }) => ({
    name: 'send-account-mail',
    key: `${data.account}-${data.template}`,
    data,
    correlation,
  }))
}
