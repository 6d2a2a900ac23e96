// The two state tables of a transfer's life (ARCHITECTURE.md#states). Decisions ask here; the picture in that page is drawn
// from here.

/** What may follow what, and which process may write the state it leads to. */
export const transferStates = {
  draft: { next: ['uploading', 'abandoned'], writer: 'server' },
  uploading: { next: ['dispatched', 'abandoned'], writer: 'server' },
  dispatched: { next: ['scanning', 'waiting-for-sender', 'recalled'], writer: 'server' },
  scanning: {
    next: ['awaiting-approval', 'released', 'rejected', 'waiting-for-sender', 'recalled'],
    writer: 'scanner',
  },
  'awaiting-approval': { next: ['released', 'rejected', 'recalled'], writer: 'housekeeper' },
  'waiting-for-sender': { next: ['dispatched', 'rejected', 'recalled'], writer: 'scanner' },
  released: { next: ['expired', 'recalled'], writer: 'housekeeper' },
  rejected: { next: ['destroyed'], writer: 'housekeeper' },
  recalled: { next: ['destroyed'], writer: 'server' },
  expired: { next: ['destroyed'], writer: 'housekeeper' },
  // By its sender in the server; by the housekeeper when nobody can upload to it any more.
  abandoned: { next: ['destroyed'], writer: ['server', 'housekeeper'] },
  destroyed: { next: [], writer: 'housekeeper' },
} as const satisfies Record<string, { next: readonly string[]; writer: Writer | readonly Writer[] }>

type Writer = 'server' | 'scanner' | 'housekeeper'

export type TransferState = keyof typeof transferStates

export function mayFollow(from: TransferState, to: TransferState): boolean {
  return (transferStates[from].next as readonly string[]).includes(to)
}

/** Nothing can be read any more, or be released again. */
export function hasEnded(state: TransferState): boolean {
  return (transferStates[state].next as readonly string[]).every((next) => next === 'destroyed')
}

/** How a transfer ended, which is known also when it is destroyed. `acknowledged`: by everybody, and the flow's days are over. */
export const endings = ['abandoned', 'rejected', 'recalled', 'expired', 'acknowledged'] as const
export type EndedAs = (typeof endings)[number]

/** Per recipient. `opened` is what a client says of itself: nobody can know it of gpg. */
export const deliveryStates = ['waiting', 'fetched', 'opened', 'acknowledged'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** A delivery only moves forward; saying it again changes nothing. */
export function furthest(one: DeliveryState, other: DeliveryState): DeliveryState {
  return deliveryStates.indexOf(one) >= deliveryStates.indexOf(other) ? one : other
}
