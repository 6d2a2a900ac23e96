// One act, one verb: operation, event and command, and for a transfer's acts the decision and the use case too. Every
// operation that changes something stands in the table.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { changesState } from '#contract/operation.ts'
import { operations } from '#contract/operations.ts'
import { auditEvents } from '#domain/events.ts'
import { houseRoot } from './planted.ts'

/** Operation, event, command; null where the act is only a step of a command. */
const agreed: readonly (readonly [operation: string, event: string, command: string | null])[] = [
  ['transfer.abandon', 'transfer.abandoned', 'abandon'],
  ['transfer.acknowledge', 'transfer.acknowledged', 'acknowledge'],
  ['transfer.add-recipient', 'transfer.recipient.added', 'add-recipient'],
  ['transfer.approve', 'transfer.approved', 'approve'],
  ['transfer.declare-files', 'transfer.files.declared', null],
  ['transfer.request-scan-certificate', 'scan.certificate.requested', null],
  ['transfer.dispatch', 'transfer.dispatched', null],
  ['transfer.draft', 'transfer.drafted', null],
  ['transfer.give-back', 'transfer.given-back', 'give-back'],
  ['transfer.lift-hold', 'transfer.hold.lifted', 'lift-hold'],
  ['transfer.opened', 'transfer.opened', null],
  ['transfer.place-hold', 'transfer.hold.placed', 'place-hold'],
  ['transfer.recall', 'transfer.recalled', 'recall'],
  ['transfer.report', 'transfer.reported', 'report'],
  ['transfer.state-destruction', 'transfer.destruction.stated', 'state-destruction'],
  ['transfer.take', 'transfer.taken', 'take'],
  ['agreements.import', 'agreement.imported', 'agreement import'],
  ['agreements.sign', 'agreement.signed', 'agreement sign'],
  ['certificate.register', 'key.registered', 'key register'],
  ['certificate.revoke', 'key.revoked', 'key revoke'],
  ['audit.export', 'audit.exported', 'audit export'],
  ['key.challenge', 'key.challenged', null],
  ['key.prove', 'key.proven', 'key prove'],
  ['organisation.register-statement', 'org.statement.registered', null],
  ['organisation.register-roster', 'org.roster.registered', null],
  ['account.invite', 'account.invited', 'account invite'],
  ['account.accept', 'account.accepted', 'account accept'],
  ['session.sign-in', 'auth.signed-in', null],
  ['session.sign-out', 'auth.signed-out', null],
  ['token.sign-in', 'auth.signed-in', 'sign-in'],
  ['token.issue', 'auth.token.issued', null],
  ['token.revoke', 'auth.token.revoked', 'token revoke'],
  ['session.end', 'auth.session.ended', 'session end'],
  ['session.end-others', 'auth.others.ended', 'session end-others'],
  ['account.change-password', 'account.password.changed', 'account change-password'],
  ['account.open-reset', 'account.reset.opened', 'account open-reset'],
  ['account.confirm-reset', 'account.reset.confirmed', 'account confirm-reset'],
  ['account.withdraw-reset', 'account.reset.withdrawn', 'account withdraw-reset'],
  ['account.complete-reset', 'account.reset.completed', 'account complete-reset'],
  ['account.deactivate', 'account.deactivated', 'account deactivate'],
  ['webhook.register', 'webhook.registered', 'webhook register'],
  ['webhook.remove', 'webhook.removed', 'webhook remove'],
  ['webhook.rotate', 'webhook.rotated', 'webhook rotate'],
  ['webhook.test', 'webhook.tested', 'webhook test'],
]

/** Past forms that are not the verb with an ending. */
const irregular: Readonly<Record<string, string>> = {
  take: 'taken',
  'give-back': 'given-back',
  opened: 'opened',
  prove: 'proven',
  'sign-in': 'signed-in',
  'sign-out': 'signed-out',
  'withdraw-reset': 'reset.withdrawn',
}

/** `recall` is `recalled`; where the name says what it is done to, that comes first: `lift-hold` is `hold.lifted`. */
function pastOf(name: string): string {
  const [verb = '', ...object] = name.split('-')
  return irregular[name] ?? [...object, `${verb.replace(/e$/, '')}ed`].join('.')
}
const last = (name: string) => name.split('.').at(-1) ?? ''
const camelCase = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
const read = (path: string) => readFileSync(join(houseRoot, path), 'utf8')
const exported = (files: string) =>
  globSync(files, { cwd: houseRoot }).flatMap((path) =>
    [...read(path).matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name),
  )

describe('[house/names] one act, one verb', () => {
  const decisions = exported('shared/domain/transfers/decisions/decide-*.ts')
  const useCases = exported('server/transfers/*.ts')

  it.each(agreed)('%s, %s and the command agree', (operation, event, command) => {
    expect(operations.map(({ name }) => name)).toContain(operation)
    expect(Object.keys(auditEvents)).toContain(event)
    expect(`.${event}`.endsWith(`.${pastOf(last(operation))}`), event).toBe(true)
    if (operation.startsWith('transfer.')) {
      expect(useCases).toContain(camelCase(last(operation)))
      expect(decisions).toContain(camelCase(`decide-${last(operation)}`))
    }
    if (command === null) return
    expect(read('cli/COMMANDS.md')).toContain(`### safehand ${command}\n`)
    expect(command.split(' ').at(-1)).toBe(last(operation))
  })

  it('every act stands in the table, once', () => {
    const acts = operations.filter(changesState).map(({ name }) => name)
    expect(agreed.map(([operation]) => operation).toSorted()).toEqual(acts.toSorted())
  })
})
