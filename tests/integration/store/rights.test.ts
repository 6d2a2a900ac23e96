// Connects as each role and tries what it must not be able to do, whatever code runs in its process.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { mayFollow, type TransferState, transferStates } from '#domain/transfers/states.ts'
import { randomId } from '#platform/crypto.ts'
import { createTestDatabase, type TestDatabase, type TestRole } from '../../fixtures/database.ts'

let database: TestDatabase
const ids = { organisation: randomId(), account: randomId(), agreement: randomId(), transfer: randomId() }
const hash = 'ab'.repeat(32)

beforeAll(async () => {
  database = await createTestDatabase(inject('services'))
  const { pool } = database.as.owner
  const at = '2026-11-22T03:40:00Z'
  const { organisation, account, agreement, transfer } = ids
  await pool.query('INSERT INTO organisation (id, name, created_at) VALUES ($1, $2, $3)', [organisation, 'A', at])
  await pool.query(
    `INSERT INTO account (id, organisation, email, name, password_hash, totp_secret, proposed_roles, proposed_teams,
       first_administrator, created_at) VALUES ($1, $2, 'a@a.example', 'A', 'x', '\\x00', '{}', '{}', false, $3)`,
    [account, organisation, at],
  )
  await pool.query(
    `INSERT INTO agreement (id, version, hash, bytes, imported_by, imported_at) VALUES ($1, 1, $2, '\\x00', $3, $4)`,
    [agreement, hash, account, at],
  )
  await pool.query(
    `INSERT INTO transfer (id, agreement, flow, purpose, items, marking, sender, sender_organisation, state, created_at,
       expires_at) VALUES ($1, $2, 'f', 'p', '{}', 'OFFICIAL', $3, $4, 'draft', $5, $5)`,
    [transfer, hash, account, organisation, at],
  )
  await pool.query(
    `INSERT INTO transfer_file (transfer, file, position, length, object_key) VALUES ($1, 'manifest', 0, 1, 'k')`,
    [transfer],
  )
  await pool.query(`INSERT INTO audit.log (origin) VALUES ('x/service')`)
  await pool.query(
    `INSERT INTO audit.entry (log, index, bytes, leaf_hash)
     VALUES ('x/service', 0, '{"event":"service.viewed"}', sha256('{}'::bytea))`,
  )
})
afterAll(() => database?.drop())

const as = (role: TestRole, text: string) => database.as[role].pool.query(text)
const denied = { code: '42501' }
const move = (role: TestRole, state: TransferState) =>
  as(role, `UPDATE transfer SET state = '${state}' WHERE id = '${ids.transfer}'`)

const everyone = ['server', 'scanner', 'housekeeper'] as const

describe.each(everyone)('%s', (role) => {
  it.each([
    ['change an entry', `UPDATE audit.entry SET bytes = '\\x01'`],
    ['delete an entry', 'DELETE FROM audit.entry'],
    [
      'write an entry past the intake',
      `INSERT INTO audit.entry VALUES ('x/service', 1, '\\x00', sha256('\\x00'::bytea))`,
    ],
    ['take an entry out of the intake', 'DELETE FROM audit.intake'],
    ['change an entry in the intake', `UPDATE audit.intake SET bytes = '\\x01'`],
    ['empty a log', 'TRUNCATE audit.entry'],
    ['set a log back', 'UPDATE audit.log SET size = 0'],
    ['switch the guard off', 'ALTER TABLE audit.entry DISABLE TRIGGER ALL'],
    ['make a table', 'CREATE TABLE mine (x int)'],
    ['become the owner', 'SET ROLE safehand_owner'],
    ['add an organisation', `INSERT INTO organisation VALUES ('${randomId()}', 'B', NULL, now())`],
    ['change who gave the keys', `UPDATE certificate SET bytes = '\\x00'`],
    ['take a revocation back', 'DELETE FROM certificate_revocation'],
    ['change a revocation', 'UPDATE certificate_revocation SET at = now()'],
    ['change a renewed key', `UPDATE certificate_renewal SET bytes = '\\x00'`],
    ['change a signed statement', `UPDATE statement SET bytes = '\\x00'`],
    ['change a roster', `UPDATE roster_person SET roles = '{siro}'`],
    ['change a signed agreement', `UPDATE agreement SET bytes = '\\x00'`],
    ['change a signature', 'DELETE FROM agreement_signature'],
    ['change a signed verdict', `UPDATE verdict_document SET bytes = '\\x00'`],
    ['take a signed verdict away', 'DELETE FROM verdict_document'],
    ['change a stored verdict', `UPDATE verdict SET verdict = 'clean'`],
    ['change what a transfer is about', `UPDATE transfer SET sender = '${ids.account}'`],
    ['change which state may follow', `INSERT INTO transfer_step VALUES ('draft', 'released', 'safehand_server')`],
  ])('[operate/rights] cannot %s', async (_what, text) => {
    await expect(as(role, text)).rejects.toMatchObject(denied)
  })
})

describe('the server', () => {
  it.each([
    ['append to a log', `SELECT audit.append('x/service', 1, '{}', '{}', '{}', '{}', '{}')`],
    ['sign off a log', `INSERT INTO audit.checkpoint VALUES ('x/service', 1, 'note')`],
    ['say that something was scanned', `INSERT INTO verdict SELECT '${ids.transfer}'`],
    ['sign a verdict', `INSERT INTO verdict_document (transfer) VALUES ('${ids.transfer}')`],
    ['say that a scan key is gone', `INSERT INTO scan_key_destroyed VALUES ('${'a'.repeat(40)}', '${ids.transfer}')`],
    ['make a scan certificate', `INSERT INTO scan_certificate (fingerprint) VALUES ('${'a'.repeat(40)}')`],
    ['put an agreement in force', 'UPDATE agreement SET activated_at = now()'],
    ['change whose account it is', `UPDATE account SET organisation = '${ids.organisation}'`],
    ['say when something was released', 'UPDATE transfer SET released_at = now()'],
    ['read the queue', 'SELECT * FROM outbox'],
    ['certify a destruction', `INSERT INTO destruction_certificate (transfer) VALUES ('${ids.transfer}')`],
    ['say that a body is gone', `INSERT INTO body_destroyed (transfer) VALUES ('${ids.transfer}')`],
    ['change a recall', `UPDATE recall SET reason = 'x'`],
    ['forget what it answered', 'SELECT forget_bookkeeping(1)'],
  ])('[operate/rights] cannot %s', async (_what, text) => {
    await expect(as('server', text)).rejects.toMatchObject(denied)
  })
})

describe('the scanner', () => {
  it.each([
    ['read accounts', 'SELECT * FROM account'],
    ['read tokens', 'SELECT * FROM token'],
    ['read sessions', 'SELECT * FROM session'],
    ['read the log', 'SELECT * FROM audit.entry'],
    ['append to a log', `SELECT audit.append('x/service', 1, '{}', '{}', '{}', '{}', '{}')`],
    ['read a receipt', 'SELECT receipt_bytes FROM delivery'],
    ['drop a wrapped key', 'DELETE FROM pkesk'],
    ['add a wrapped key', `INSERT INTO pkesk (transfer) VALUES ('${ids.transfer}')`],
    ['put an agreement in force', 'UPDATE agreement SET activated_at = now()'],
    ['say when something was released', 'UPDATE transfer SET released_at = now()'],
  ])('[operate/rights] cannot %s', async (_what, text) => {
    await expect(as('scanner', text)).rejects.toMatchObject(denied)
  })
})

describe('the housekeeper', () => {
  it.each([
    ['say that something was scanned', `INSERT INTO verdict SELECT '${ids.transfer}'`],
    ['sign a verdict', `INSERT INTO verdict_document (transfer) VALUES ('${ids.transfer}')`],
    ['say that a scan key is gone', `INSERT INTO scan_key_destroyed VALUES ('${'a'.repeat(40)}', '${ids.transfer}')`],
    ['read passwords', 'SELECT password_hash FROM account'],
    ['change a password', `UPDATE account SET password_hash = 'x'`],
    ['read authenticator secrets', 'SELECT totp_secret FROM account'],
    ['read tokens', 'SELECT * FROM token'],
    ['make an account', `INSERT INTO account (id) VALUES ('${randomId()}')`],
    ['sign an agreement', `INSERT INTO agreement_signature (agreement) VALUES ('${hash}')`],
    ['add a wrapped key', `INSERT INTO pkesk (transfer) VALUES ('${ids.transfer}')`],
    ['read addenda', 'SELECT bytes FROM addendum'],
    ['send a reminder again', 'DELETE FROM reminder'],
    ['forget a reply that is young', 'DELETE FROM idempotency'],
    ['read a reply', 'SELECT reply FROM idempotency'],
    ['forget a job', 'DELETE FROM outbox'],
    ['acknowledge', `UPDATE delivery SET state = 'acknowledged'`],
    ['recall', `INSERT INTO recall (transfer) VALUES ('${ids.transfer}')`],
  ])('[operate/rights] cannot %s', async (_what, text) => {
    await expect(as('housekeeper', text)).rejects.toMatchObject(denied)
  })
})

describe('the owner', () => {
  it.each([
    ['change an entry', `UPDATE audit.entry SET bytes = '\\x01'`],
    ['delete an entry', 'DELETE FROM audit.entry'],
    ['empty a log', 'TRUNCATE audit.entry'],
  ])('[operate/rights] cannot %s while the guard stands', async (_what, text) => {
    await expect(as('owner', text)).rejects.toThrow('the audit log is append-only')
  })
})

describe('a transfer’s state', () => {
  it('[operate/rights] follows one table, in code and in the database', async () => {
    const { rows } = await as('owner', 'SELECT from_state, to_state, writer FROM transfer_step')
    expect(rows.length).toBeGreaterThan(0)
    for (const { from_state, to_state, writer } of rows as Record<string, TransferState>[]) {
      const [from, to] = [from_state as TransferState, to_state as TransferState]
      expect({ from, to, follows: mayFollow(from, to) }).toEqual({ from, to, follows: true })
      const writers = [transferStates[to].writer].flat().map((name) => `safehand_${name}`)
      expect({ from, to, writers }).toEqual({ from, to, writers: expect.arrayContaining([writer]) })
    }
  })

  it('[operate/rights] moves only by the process whose step it is, and is released only clean and sealed', async () => {
    const notYours = /may not lead a transfer/
    await expect(move('scanner', 'scanning')).rejects.toThrow(notYours)
    await expect(move('server', 'released')).rejects.toThrow(notYours)
    await expect(move('housekeeper', 'released')).rejects.toThrow(notYours)
    await move('server', 'uploading')
    await move('server', 'dispatched')
    await expect(move('server', 'scanning')).rejects.toThrow(notYours)
    await move('scanner', 'scanning')
    await expect(move('scanner', 'released')).rejects.toThrow(notYours)
    await expect(move('server', 'released')).rejects.toThrow(notYours)
    await expect(move('housekeeper', 'released')).rejects.toThrow('a transfer is released only clean and sealed')
    await move('housekeeper', 'rejected')
    await expect(move('housekeeper', 'released')).rejects.toThrow(notYours)
  })
})

describe('what a transfer has become', () => {
  const transfer = randomId()
  const fingerprint = 'c'.repeat(40)
  const note = `note_hash = '${'cd'.repeat(32)}', note_bytes = '\\x01', note_signature = '\\x02', dispatched_at = now()`
  const set = (role: TestRole, what: string) => as(role, `UPDATE transfer SET ${what} WHERE id = '${transfer}'`)
  const addFile = () =>
    as(
      'server',
      `INSERT INTO transfer_file (transfer, file, position, length, object_key)
      VALUES ('${transfer}', '${randomId()}', 1, 1, '${randomId()}')`,
    )
  const addReader = () =>
    as('server', `INSERT INTO pkesk VALUES ('${transfer}', 0, '${ids.account}', '${'b'.repeat(40)}', '\\x00')`)
  const deliver = (state: string) =>
    as('server', `UPDATE delivery SET state = '${state}' WHERE transfer = '${transfer}'`)

  beforeAll(async () => {
    await as(
      'server',
      `INSERT INTO transfer (id, agreement, flow, purpose, items, marking, sender, sender_organisation, state,
         created_at, expires_at)
       VALUES ('${transfer}', '${hash}', 'f', 'p', '{}', 'OFFICIAL', '${ids.account}', '${ids.organisation}', 'draft',
         now(), now())`,
    )
  })

  it('[operate/rights] a note comes with the dispatch and stays, as do files and readers', async () => {
    await expect(set('server', note)).rejects.toThrow('a note comes with a dispatch')
    await expect(addReader()).rejects.toThrow('pkesk is added only to a transfer that is dispatched')
    await as(
      'server',
      `INSERT INTO delivery (transfer, organisation, account) VALUES ('${transfer}', '${ids.organisation}', '${ids.account}')`,
    )
    await set('server', `state = 'uploading'`)
    await expect(addFile()).rejects.toThrow('transfer_file is added only to a transfer that is draft')
    await set('server', `state = 'dispatched', ${note}`)
    await expect(set('server', `note_signature = '\\x03'`)).rejects.toThrow('a note comes with a dispatch')
    await addReader()
    await set('scanner', `state = 'scanning'`)
    await expect(
      as(
        'server',
        `INSERT INTO delivery (transfer, organisation, team)
      VALUES ('${transfer}', '${ids.organisation}', '${randomId()}')`,
      ),
    ).rejects.toThrow('delivery is added only')
  })

  it('[operate/rights] nothing is released that has no file, no scan certificate, or an earlier time of release', async () => {
    const release = () => set('housekeeper', `state = 'released', released_at = now()`)
    await as(
      'scanner',
      `INSERT INTO scan_certificate (fingerprint, transfer, encryption_subkey, certificate, bytes, signature, authority,
         authority_bytes, expires_at)
       VALUES ('${fingerprint}', '${transfer}', '${fingerprint}', '\\x', '\\x', '\\x', '${fingerprint}', '\\x', now())`,
    )
    await as('scanner', `INSERT INTO scan_key_destroyed VALUES ('${fingerprint}', '${transfer}', now())`)
    await expect(release()).rejects.toThrow('a transfer is released only clean and sealed')
    await expect(set('housekeeper', 'released_at = now()')).rejects.toThrow('a transfer is released once')
  })

  it('[operate/rights] ends once, is recalled only with its state, and is called destroyed only when nothing is left', async () => {
    const left = 'a transfer is destroyed only when nothing of it is left'
    await expect(set('server', `ended_as = 'recalled', ended_at = now()`)).rejects.toThrow('a transfer ends once')
    const recall = `INSERT INTO recall VALUES ('${transfer}', '${ids.account}', '${ids.organisation}', 'why', now())`
    await expect(as('server', recall)).rejects.toThrow('recall is added only to a transfer that is recalled')
    await set('server', `state = 'recalled', ended_as = 'recalled', ended_at = now()`)
    await as('server', recall)
    await expect(set('server', 'ended_at = now()')).rejects.toThrow('a transfer ends once')
    await expect(set('housekeeper', `state = 'destroyed'`)).rejects.toThrow(left)
    await as('housekeeper', `DELETE FROM pkesk WHERE transfer = '${transfer}'`)
    await expect(set('housekeeper', `state = 'destroyed'`)).rejects.toThrow(left)
    await as(
      'housekeeper',
      `INSERT INTO destruction_certificate VALUES ('${transfer}', '${'ef'.repeat(32)}', '\\x', '\\x', '${fingerprint}', '\\x', now())`,
    )
    await expect(set('server', `state = 'destroyed'`)).rejects.toThrow('may not lead a transfer')
    await set('housekeeper', `state = 'destroyed'`)
  })

  it('[operate/rights] a body has one digest', async () => {
    const digest = (hex: string) =>
      as('server', `UPDATE transfer_file SET body_digest = '${hex.repeat(32)}' WHERE transfer = '${ids.transfer}'`)
    await digest('ab')
    await expect(digest('cd')).rejects.toThrow('a body has one digest')
  })

  it('[operate/rights] a delivery only goes forward from its fetch, and an acknowledgement is final', async () => {
    for (const state of ['opened', 'acknowledged']) {
      await expect(deliver(state)).rejects.toThrow('a delivery is fetched first')
    }
    await deliver('fetched')
    await deliver('opened')
    await expect(deliver('fetched')).rejects.toThrow('a delivery only goes forward')
    await deliver('acknowledged')
    await expect(as('server', `UPDATE delivery SET receipt_bytes = '\\x01'`)).rejects.toThrow('only goes forward')
  })
})
