// The steps of a transfer, named once, each by what is said on a wire when the system takes it: the statement or the
// entry on its way to PostgreSQL, inside the transaction and before its end. So a fault strikes in the middle of a step.
import type { Site, WireName } from './site.ts'
import type { Line } from './wire.ts'

export interface Step {
  readonly wire: WireName
  /** What is seen on its way there. */
  readonly says: string
  /** Which of the person's commands leads there; those that no command leads to happen after `send`. */
  readonly during: 'send' | 'afterwards' | 'collect' | 'acknowledge' | 'recall' | 'expiry'
  /** How many times it is seen before the one that counts. */
  readonly skip?: number
  /** The file must have more than one part. */
  readonly large?: true
}

export const steps = {
  draft: { wire: 'server-postgres', says: 'transfer.drafted', during: 'send' },
  'upload part 1': { wire: 'server-postgres', says: 'with held as', during: 'send', large: true },
  'upload part 2': { wire: 'server-postgres', says: 'with held as', during: 'send', skip: 1, large: true },
  'finish upload': { wire: 'server-postgres', says: 'file.uploaded', during: 'send' },
  'ask for a scan certificate': { wire: 'server-postgres', says: 'scan.certificate.requested', during: 'send' },
  'make the scan certificate': { wire: 'scanner-postgres', says: 'scan.certificate.issued', during: 'send' },
  dispatch: { wire: 'server-postgres', says: 'transfer.dispatched', during: 'send' },
  scan: { wire: 'scanner-postgres', says: 'scan.started', during: 'afterwards' },
  'read by clamd': { wire: 'clamd', says: 'zINSTREAM', during: 'afterwards', skip: 1 },
  verdict: { wire: 'scanner-postgres', says: 'scan.verdict', during: 'afterwards' },
  seal: { wire: 'scanner-postgres', says: 'scan.key.destroyed', during: 'afterwards' },
  release: { wire: 'housekeeper-postgres', says: 'transfer.released', during: 'afterwards' },
  mail: { wire: 'smtp', says: 'MAIL FROM', during: 'afterwards' },
  'mail told': { wire: 'housekeeper-postgres', says: 'transfer.notified', during: 'afterwards' },
  collect: { wire: 'server-postgres', says: 'file.fetched', during: 'collect' },
  opened: { wire: 'server-postgres', says: 'transfer.opened', during: 'collect' },
  acknowledge: { wire: 'server-postgres', says: 'transfer.acknowledged', during: 'acknowledge' },
  recall: { wire: 'server-postgres', says: 'transfer.recalled', during: 'recall' },
  'destroy what was recalled': { wire: 'housekeeper-postgres', says: 'transfer.destroyed', during: 'recall' },
  expire: { wire: 'housekeeper-postgres', says: 'transfer.expired', during: 'expiry' },
  'destroy what expired': { wire: 'housekeeper-postgres', says: 'transfer.destroyed', during: 'expiry' },
  sequence: { wire: 'housekeeper-postgres', says: 'select audit.append(', during: 'send' },
  checkpoint: { wire: 'housekeeper-postgres', says: '"audit"."checkpoint"', during: 'send' },
} as const satisfies Record<string, Step>

export type StepName = keyof typeof steps
export const stepNames = Object.keys(steps) as StepName[]

export interface Watch {
  /** The step was reached; the line it was seen on. */
  readonly reached: Promise<Line>
  stop(): void
}

/** Calls `act` when the step is reached, before its statement goes on. */
export function watchFor(site: Site, name: StepName, act: (line: Line) => void): Watch {
  const { wire, says, skip = 0 }: Step = steps[name]
  const { promise: reached, resolve } = Promise.withResolvers<Line>()
  const ends = new WeakMap<Line, string>()
  let left = skip
  const watched = site.wires[wire]
  if (!watched) throw new Error(`this site has no wire ${wire}`)
  const stop = watched.watch(({ bytes, line, direction }) => {
    if (direction !== 'there') return
    // It may be cut in two on the way.
    const text = (ends.get(line) ?? '') + bytes.toString('latin1')
    ends.set(line, text.slice(-(says.length - 1)))
    if (!text.includes(says)) return
    ends.delete(line)
    if (left > 0) {
      left -= 1
      return
    }
    stop()
    act(line)
    resolve(line)
  })
  return { reached, stop }
}
