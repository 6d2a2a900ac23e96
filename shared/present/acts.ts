// What a reader can do next about a transfer, by the names of operations: a command line says the command, a page shows the
// button. What somebody may do is for the service to decide; of what it permits this names what the transfer waits for.
import type { TransferView } from '#contract/transfers/view.ts'
import type { TransferActName } from '#domain/transfers/decisions/act-names.ts'
import type { Names } from './names.ts'

export type Act = Extract<
  TransferActName,
  | 'transfer.dispatch'
  | 'transfer.request-scan-certificate'
  | 'transfer.approve'
  | 'transfer.recall'
  | 'transfer.fetch'
  | 'transfer.acknowledge'
  | 'transfer.state-destruction'
  | 'transfer.destruction-certificate'
>

/** What is permitted only at the end of a journey is shown at its beginning, to those of whom this tells who they are. */
const begins: Partial<Record<Act, TransferActName>> = {
  // What is missing is uploaded on the way.
  'transfer.dispatch': 'transfer.abandon',
  // The key is proven on the way.
  'transfer.fetch': 'transfer.report',
}

export function nextActs(view: TransferView, names: Names): readonly Act[] {
  return waitsFor(view, names).filter((act) => view.permitted.includes(begins[act] ?? act))
}

function waitsFor({ state, deliveries, held, recall, releaseNotBefore, destroyed }: TransferView, names: Names): Act[] {
  if (destroyed !== null) return ['transfer.destruction-certificate']
  if (recall !== null) {
    const asked = recall.destructions.filter(
      ({ recipient, state: answer }) => names.isMine(recipient) && isOpen(answer),
    )
    return asked.length > 0 ? ['transfer.state-destruction'] : []
  }
  if (state === 'draft' || state === 'uploading') return ['transfer.dispatch']
  if (state === 'waiting-for-sender') return ['transfer.request-scan-certificate']
  if (state === 'awaiting-approval') return ['transfer.approve']
  if (releaseNotBefore !== null && state !== 'released') return ['transfer.recall']
  const mine = deliveries.filter(({ recipient }) => names.isMine(recipient))
  if (state !== 'released' || held !== null || mine.every((one) => one.state === 'acknowledged')) return []
  return [mine.every((one) => one.state === 'waiting') ? 'transfer.fetch' : 'transfer.acknowledge']
}

function isOpen(answer: 'asked' | 'overdue' | 'confirmed' | 'kept-by-law'): boolean {
  return answer === 'asked' || answer === 'overdue'
}
