// Somebody's program opens nothing of the profile that bodies have already: no packet is made for their key, which could be
// and would open nothing (ARCHITECTURE.md#profiles). Said before anything is signed or sent.
import type { Profile } from '#domain/transfers/dispatch-note.ts'
import { describeRefusal } from '#words/en/refusals.ts'

export class CannotOpen extends Error {
  override readonly name = 'CannotOpen'
  readonly code = 'PROFILE_CANNOT_OPEN'

  constructor(profile: Profile) {
    const { title, action } = describeRefusal({ code: 'PROFILE_CANNOT_OPEN', detail: { profile } })
    super(`${title}. ${action}`)
  }
}
