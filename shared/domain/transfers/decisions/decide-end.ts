// The two steps at the end of what nobody recalled (ARCHITECTURE.md#ends): its time is over, by its expiry or because
// everyone acknowledged and the flow's days have passed; then, of every end, nothing is left and a certificate says so.
// The clock decides both; refusals at read time ask the same functions, whether or not a job ran.
import type { Job } from '../../decision.ts'
import { addDays, addSeconds } from '../../time.ts'
import type { Instant } from '../../values.ts'
import type { Decision } from '../changes.ts'
import type { Destruction } from '../ending.ts'
import { inAgreement, inState, refuseParty } from '../entries.ts'
import { type EndedAs, hasEnded } from '../states.ts'
import { pausedSeconds, sealed, type TransferFacts } from '../transfer.ts'

type Ended = { readonly as: EndedAs; readonly at: Instant }

/** How the clock ends a released transfer, and when; null while it does not. */
export function endedByClock(found: TransferFacts, at: Instant): Ended | null {
  const { state, expiresAt, held } = found.transfer
  if (state !== 'released') return null
  // A hold stops the clock where it is.
  const clock = held?.at ?? at
  const kept = keptUntil(found, clock)
  const due: Ended =
    kept !== null && kept < expiresAt ? { as: 'acknowledged', at: kept } : { as: 'expired', at: expiresAt }
  return due.at <= clock ? due : null
}

/** When it goes because everyone has acknowledged; null until the last one has. */
export function keptUntil(
  { deliveries, daysAfterAcknowledgement, pauses }: TransferFacts,
  clock: Instant,
): Instant | null {
  const at = deliveries.map(({ acknowledgedAt }) => acknowledgedAt)
  const all = at.filter((one) => one !== null).toSorted()
  const last = all.at(-1)
  if (last === undefined || all.length < at.length) return null
  return addSeconds(addDays(last, daysAfterAcknowledgement), pausedSeconds(pauses, { since: last, at: clock }))
}

export function mayExpire(found: TransferFacts, at: Instant): boolean {
  return found.transfer.held === null && endedByClock(found, at) !== null
}

export function decideExpire(found: TransferFacts, at: Instant): Decision<null> {
  const event = 'transfer.expired'
  const { transfer } = found
  const ended = mayExpire(found, at) ? endedByClock(found, at) : null
  if (ended === null) {
    return refuseParty({ event, transfer, refusal: inState(transfer) })
  }
  const uncollected = found.deliveries.filter(({ state }) => state === 'waiting').length
  return {
    next: null,
    changes: [{ kind: 'transfers.enter', transfer: transfer.id, state: 'expired', at, ended }],
    event: { event, ...inAgreement(transfer), detail: { as: ended.as, on: ended.at, uncollected } },
    jobs: [
      ...jobsAtEnd(found),
      ...(uncollected > 0
        ? [
            {
              name: 'send-mail',
              data: { template: 'transfer-expired', account: transfer.sender, transfer: transfer.id },
            } as const,
          ]
        : []),
    ],
  }
}

/** Every end begins with the scan keys that are still there; the last of them asks for the rest. */
export function jobsAtEnd(found: TransferFacts): readonly Job[] {
  const { transfer, scanCertificates } = found
  if (sealed(found)) return [{ name: 'destroy-transfer', data: { transfer: transfer.id } }]
  return scanCertificates
    .filter(({ destroyedAt }) => destroyedAt === null)
    .map(({ fingerprint }) => ({ name: 'destroy-scan-key', data: { transfer: transfer.id, fingerprint } }))
}

/** It has ended, no scan key is left, and no officer holds it. */
export function mayDestroy(found: TransferFacts): boolean {
  const { state, held } = found.transfer
  return hasEnded(state) && state !== 'destroyed' && held === null && sealed(found)
}

/** The bodies are gone: the wrapped keys go with this, and what is said of both is signed. */
export function decideDestroy(
  { found, destruction }: { readonly found: TransferFacts; readonly destruction: Destruction },
  at: Instant,
): Decision<null> {
  const event = 'transfer.destroyed'
  const { transfer, files } = found
  if (!mayDestroy(found)) {
    return refuseParty({ event, transfer, refusal: inState(transfer) })
  }
  const { hash, wrappedKeys, backupsUntil } = destruction
  return {
    next: null,
    changes: [
      { kind: 'transfers.destroy', transfer: transfer.id, files: files.map(({ id }) => id), destruction, at },
      { kind: 'transfers.enter', transfer: transfer.id, state: 'destroyed', at },
    ],
    event: {
      event,
      ...inAgreement(transfer),
      detail: { certificate: hash, files: files.length, wrappedKeys, backupsUntil },
    },
    jobs: [],
  }
}
