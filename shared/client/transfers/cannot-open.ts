// The refusal to wrap a key for somebody whose program cannot open the bodies that are there: a packet could be made and
// would open nothing (ARCHITECTURE.md#profiles). Said before anything is signed or sent.
import type { Profile } from '#domain/transfers/documents/dispatch-note.ts'
import { describeRefusal } from '#words/en/refusals.ts'

export class CannotOpen extends Error {
  override readonly name = 'CannotOpen'
  readonly code = 'PROFILE_CANNOT_OPEN'

  constructor(profile: Profile) {
    const { title, action } = describeRefusal({ code: 'PROFILE_CANNOT_OPEN', detail: { profile } })
    super(`${title}. ${action}`)
  }
}
