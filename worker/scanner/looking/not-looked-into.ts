/** Why something was not looked into to its last octet: the last words of a finding. */
export class NotLookedInto extends Error {
  override readonly name = 'NotLookedInto'
  readonly what: string

  constructor(what: string) {
    super(what)
    this.what = what
  }
}
