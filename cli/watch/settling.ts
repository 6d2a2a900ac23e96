// When a file has stopped growing: it looked the same for so long as somebody watched it. Its own times are not believed,
// because a copy may bring an old one along. Pure: what was seen, and when, comes in.

export interface Seen {
  readonly name: string
  /** Of size, time and place of all that is in it; null: still being written, by its name. */
  readonly looks: string | null
}

/** Gives the names of what has rested for `milliseconds`. Ask again and again, at whatever pace. */
export function createSettling(milliseconds: number): (seen: readonly Seen[], at: number) => readonly string[] {
  let known = new Map<string, { readonly looks: string; readonly since: number }>()
  return (seen, at) => {
    const next: typeof known = new Map()
    for (const { name, looks } of seen) {
      if (looks === null) continue
      const before = known.get(name)
      next.set(name, before?.looks === looks ? before : { looks, since: at })
    }
    known = next
    return [...known].filter(([, { since }]) => at - since >= milliseconds).map(([name]) => name)
  }
}
