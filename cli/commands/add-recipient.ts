// `safehand add-recipient`: one more person can collect what was released, without another upload: somebody late, a later
// member of an addressed team, a key that was replaced. Name and fingerprint come from the verified roster and are confirmed
// by a person.
import type { Command } from 'commander'
import { findFlow, findRecipient } from '#client/send/request-in-words.ts'
import { addRecipient, recipientFor } from '#client/transfers/add-recipient.ts'
import { proveForCollecting } from '#client/trust/key-proof.ts'
import { type Look, lookAtTransfer } from '#client/transfers/look.ts'
import type { KeyHolder } from '#client/trust/key-holder.ts'
import type { NamedRecipient } from '#client/trust/named-recipient.ts'
import type { VerifiedPerson } from '#client/trust/verify-rosters.ts'
import type { TransferId } from '#domain/values.ts'
import { type Context, unlockRostered } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'
import { type Looked, lookAt, parseTransferId } from '../collecting/open-transfer.ts'
import { required } from '../sending/request.ts'

interface AddRecipientOptions {
  readonly to: string
  readonly reason: string
  readonly yes?: boolean
  readonly passphraseFile?: string
}

export function addAddRecipientCommand(program: Command, context: Context): void {
  program
    .command('add-recipient <id>')
    .description(
      'let one more person collect a released transfer, without another upload: somebody late, new in the team, or with a new key',
    )
    .requiredOption('--to <email>', "who, at the flow's end")
    .requiredOption('--reason <text>', 'why; it is signed, and the sender reads it')
    .option('--yes', 'without being asked')
    .option('--passphrase-file <file>', 'file with the passphrase (otherwise you are asked)')
    .action((id: string, options: AddRecipientOptions) => letIn(context, parseTransferId(id), options))
}

async function letIn(context: Context, transfer: TransferId, options: AddRecipientOptions): Promise<void> {
  const reason = options.reason.trim()
  if (reason === '' || reason.length > 500) throw usage('--reason is 1 to 500 characters.')
  const { io, output } = context
  const looked = await lookAt(context, transfer)
  const { api, agreement, person } = looked
  const note = await looked.look.note()
  if (looked.view.state === 'released') await looked.look.released()
  const added = findPerson(
    required(findRecipient(agreement, required(findFlow(agreement, note.note.flow)), options.to)),
  )
  if (!options.yes && !(await io.confirm(question(added)))) throw usage('Nobody was added.')
  const { encryptionSubkey } = person
  const { key } = await unlockRostered(context, { encryptionSubkey, passphraseFile: options.passphraseFile })
  const { view, addenda } = await withOwnKeys(context, { looked, key })
  const addendum = await addRecipient({
    api,
    by: { agreement, person, key },
    note,
    addenda: await addenda(),
    view,
    person: added,
    recipient: recipientFor(note.note, { by: person, person: added, agreement }),
    reason,
    now: io.now,
  })
  output.result({
    value: { transfer, added: { account: added.account, name: added.name, email: added.email }, addendum },
    text: `${added.name} can collect it now: safehand collect ${transfer} --into FOLDER`,
  })
}

/**
 * The sender is given their wrapped keys with every look; a colleague only once this sign-in has proven their key, so that
 * they may have to look a second time.
 */
async function withOwnKeys(
  context: Context,
  { looked: { api, look: first, view, agreement, person }, key }: { readonly looked: Looked; readonly key: KeyHolder },
): Promise<Look> {
  if (view.ownKeys.length > 0) return first
  const { account, encryptionSubkey } = person
  const { home, io } = context
  await proveForCollecting({ api, anchor: await home.readAnchor(), account, key, encryptionSubkey, now: io.now })
  return lookAtTransfer({ api, transfer: view.transfer, trust: async () => agreement, now: io.now })
}

function findPerson({ recipient, members }: NamedRecipient): VerifiedPerson {
  const [person] = members
  if (recipient.kind === 'person' && person) return person
  throw usage('One person is added at a time, by e-mail address.')
}

function question({ name, email, certificate }: VerifiedPerson): string {
  return `Let ${name} <${email}> collect it, with the key ${certificate}?`
}
