import { describe, expect, it } from 'vitest'
import { anchor } from '#domain/anchor.ts'
import type { Fingerprint, OrganisationId, Origin } from '#domain/values.ts'
import { followRoot, keepSeen, newAnchor, remember, seenOf } from './anchor.ts'

const pinned = newAnchor({ origin: 'test.safehand.invalid' as Origin, root: 'a'.repeat(40) as Fingerprint })
const council = 'c'.repeat(32) as OrganisationId
const police = 'd'.repeat(32) as OrganisationId

describe('the anchor', () => {
  it('[trust/memory] has seen nothing when it was pinned', () => {
    expect(anchor.parse(pinned)).toEqual(pinned)
    expect(seenOf(pinned, council)).toEqual({ statement: 0, roster: 0 })
  })

  it('[trust/memory] never forgets a higher sequence, whichever comes later', () => {
    const later = remember(pinned, { organisation: council, statement: 2, roster: 9 })
    const after = remember(later, { organisation: council, statement: 3, roster: 8 })
    expect(seenOf(after, council)).toEqual({ statement: 3, roster: 9 })
  })

  it('[trust/memory] kept by two commands at once forgets nothing of either, and nothing is taken from another root', () => {
    const one = remember(pinned, { organisation: council, statement: 2, roster: 9 })
    const other = remember(pinned, { organisation: police, statement: 1, roster: 4 })
    expect(keepSeen(other, one).seen).toEqual({ ...one.seen, ...other.seen })
    expect(keepSeen(pinned, one).seen).toEqual(one.seen)
    expect(keepSeen({ ...pinned, root: 'b'.repeat(40) as Fingerprint }, one).seen).toEqual({})
  })

  it('[trust/memory] that followed its root never goes back, whichever command writes last', () => {
    const seen = remember(pinned, { organisation: council, statement: 2, roster: 9 })
    const followed = followRoot(
      remember(pinned, { organisation: council, statement: 3, roster: 1 }),
      'b'.repeat(40) as Fingerprint,
    )
    const both = { ...followed, seen: { [council]: { statement: 3, roster: 9 } } }
    expect(followed.former).toEqual([pinned.root])
    expect(anchor.parse(followed)).toEqual(followed)
    expect(keepSeen(followed, seen)).toEqual(both)
    expect(keepSeen(seen, followed)).toEqual(both)
  })

  it('[trust/memory] remembers each organisation by itself', () => {
    const both = remember(remember(pinned, { organisation: council, statement: 2, roster: 3 }), {
      organisation: police,
      statement: 1,
      roster: 1,
    })
    expect(seenOf(both, council)).toEqual({ statement: 2, roster: 3 })
    expect(seenOf(both, police)).toEqual({ statement: 1, roster: 1 })
  })
})
