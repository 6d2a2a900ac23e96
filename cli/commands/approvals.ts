// Transfers that two people release. `safehand approvals`: what waits for an approver of one's organisation. `approve` and
// `send-back`: an approver who did not send it answers, signed, with a reason; what it is about comes from the sender's
// signed note. The first answer counts.
import type { Command } from 'commander'
import { approveTransfer } from '#client/transfers/approval.ts'
import { approveOperations } from '#contract/transfers/approve.ts'
import { requireVerdict } from '#client/transfers/require-released.ts'
import type { VerifiedVerdict } from '#client/transfers/verify-verdict.ts'
import type { ApprovalAnswer } from '#domain/transfers/documents/approval.ts'
import { answersTo } from '#domain/transfers/release-needs.ts'
import type { TransferId } from '#domain/values.ts'
import { notScannedWords } from '#words/en/transfers.ts'
import { describeApprovalRequest } from '#present/approval.ts'
import { approvalRows, nameListed } from '#present/lists.ts'
import { namesIn } from '#present/names.ts'
import { createNames, lookAt, parseTransferId } from '../collecting/open-transfer.ts'
import { type Context, signedInApi, unlockRostered } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { allOption, describeMore, type ListOptions, readList } from '../terminal/lists.ts'
import { table } from '../terminal/output.ts'

interface AnswerOptions {
  readonly reason: string
  readonly passphraseFile?: string
}

export function addApprovalCommands(program: Command, context: Context): void {
  program
    .command('approvals')
    .description('what waits for an approver of your organisation, newest first')
    .option(...allOption)
    .action((options: ListOptions) => list(context, options))
  const passphrase = ['--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)'] as const
  program
    .command('approve <id>')
    .description('answer for a transfer that waits for a second person, and release it')
    .requiredOption('--reason <text>', 'why it may go; recipients read it')
    .option(...passphrase)
    .action((id: string, options: AnswerOptions) =>
      answer(context, parseTransferId(id), { ...options, sendsBack: false }),
    )
  program
    .command('send-back <id>')
    .description('do not release a transfer that waits for a second person')
    .requiredOption('--reason <text>', 'why not; its sender reads it')
    .option(...passphrase)
    .action((id: string, options: AnswerOptions) =>
      answer(context, parseTransferId(id), { ...options, sendsBack: true }),
    )
}

async function list(context: Context, { all = false }: ListOptions): Promise<void> {
  const api = await signedInApi(context)
  const { transfers, more } = await readList(context, { api, operation: approveOperations.approvals, all })
  const namesOf = createNames(context, api)
  const named = await Promise.all(
    transfers.map(async (one) => nameListed(one, { names: await namesOf(one.agreement), list: 'approvals' })),
  )
  const rows = named.map((one) => ({ ...one, senderName: one.sender.name, to: one.to.map(({ name }) => name) }))
  context.output.result({
    value: { transfers: rows },
    text:
      rows.length === 0
        ? 'Nothing waits for an approver.'
        : [table(approvalRows(named)), ...describeMore(more, 'approvals'), '', 'Next: safehand status TRANSFER'].join(
            '\n',
          ),
  })
}

async function answer(
  context: Context,
  transfer: TransferId,
  { reason, passphraseFile, sendsBack }: AnswerOptions & { readonly sendsBack: boolean },
): Promise<void> {
  if (reason.trim() === '' || reason.length > 500) throw usage('--reason is 1 to 500 characters.')
  const { now } = context.io
  const { api, look, view, agreement, person } = await lookAt(context, transfer)
  const note = await look.note()
  if (view.signedVerdict === null && view.state !== 'awaiting-approval') {
    throw usage(`It is ${view.state}: nothing waits for an approver.`)
  }
  const verdict = requireVerdict(await look.verdict())
  const names = namesIn(agreement, person.account)
  for (const line of describeApprovalRequest({ verdict, ...note, names })) context.output.note(line)
  const { encryptionSubkey } = person
  const { key } = await unlockRostered(context, { encryptionSubkey, passphraseFile })
  const what = sendsBack ? 'send-back' : releaseOf(verdict)
  const approval = await approveTransfer({
    api,
    agreement,
    person,
    key,
    note,
    verdict,
    what,
    reason: reason.trim(),
    now,
  })
  context.output.result({
    value: { transfer, note: note.hash, what, approval },
    text: sendsBack
      ? `Sent back to ${note.sender.name}, who is told by mail; nobody can collect it.`
      : `Approved, from ${note.sender.name}. ${verdict.verdict === 'unscannable' ? `${notScannedWords}\n` : ''}It is released in a moment. See: safehand status ${transfer}`,
  })
}

function releaseOf({ needs }: VerifiedVerdict): ApprovalAnswer {
  if (needs.needs === 'approval') return answersTo[needs.reason][0]
  throw usage('By the agreement, its note and its signed scan result, nothing of it is for an approver to let go.')
}
