// `safehand status`: where one transfer stands, from one look at it.
import type { Command } from 'commander'
import type { Look } from '#client/transfers/look.ts'
import { nothingSigned, readSigned, viewAsSigned } from '#client/transfers/read-signed.ts'
import { TrustRefused } from '#client/trust/trust-refused.ts'
import type { VerifiedAgreement } from '#client/trust/verify-agreement.ts'
import type { TransferId } from '#domain/values.ts'
import { namesIn } from '#present/names.ts'
import { nameSummary, presentTransfer } from '#present/transfer.ts'
import { look, parseTransferId } from '../collecting/open-transfer.ts'
import { type Context, signedInApi } from '../context.ts'
import { journalSeen } from '../sending/files.ts'
import { describeNext } from '../terminal/acts.ts'

export function addStatusCommand(program: Command, context: Context): void {
  program
    .command('status <id>')
    .description('where a transfer stands')
    .action((id: string) => status(context, parseTransferId(id)))
}

async function status(context: Context, transfer: TransferId): Promise<void> {
  const looked = await look(context, { api: await signedInApi(context), transfer })
  const { view } = looked
  const { account } = await context.home.readSettings()
  if (view.verdict !== null && view.sender.account === account) await journalSeen(context, view)
  const parties = await partiesOf(context, looked)
  const signed = parties === null ? nothingSigned : await readSigned(looked)
  const names = namesIn(parties, account)
  const picture = presentTransfer({ view, names, ...signed })
  context.output.result({
    value: {
      ...(parties === null ? view : viewAsSigned(view, signed)),
      ...{ sender: nameSummary(view, names).sender, said: picture.state },
    },
    text: [
      picture.heading,
      picture.from,
      `State: ${view.state}. ${picture.state}`,
      ...picture.because,
      ...[...picture.deliveries, ...picture.added].map((line) => `  ${line}`),
      ...picture.ending,
      ...describeNext(picture.next, transfer),
    ].join('\n'),
  })
}

/** Of one's own organisation, which has to sign anew: nobody lies. */
const overdue: readonly string[] = ['TRUST_ROSTER_MISSING', 'TRUST_ROSTER_EXPIRED', 'TRUST_STATEMENT_EXPIRED']

/** Null: there is nothing to verify by, and that is said. */
async function partiesOf({ home, output }: Context, { agreement }: Look): Promise<VerifiedAgreement | null> {
  const unverified = (why: string) => {
    output.note(`NOT VERIFIED, and ids instead of names: what follows is the service’s word alone. ${why}`)
    return null
  }
  if (!(await home.findAnchor()))
    return unverified('No root is pinned here. Use: safehand key create --root FINGERPRINT')
  try {
    return await agreement()
  } catch (error) {
    if (error instanceof TrustRefused && overdue.includes(error.code)) return unverified(error.message)
    throw error
  }
}
