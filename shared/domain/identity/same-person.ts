// Whether two accounts look like one person, where two people are asked for (ARCHITECTURE.md#two-people): the same
// account, the same name in the organisation, or the same mailbox. Two people of one name are refused as well: another
// approver is found more easily than a second account of the sender's.

export interface Named {
  readonly account: string
  readonly name: string
  readonly email: string
}

export function isSamePerson(one: Named, other: Named): boolean {
  return (
    one.account === other.account ||
    plain(one.name) === plain(other.name) ||
    mailbox(one.email) === mailbox(other.email)
  )
}

function plain(name: string): string {
  const letters = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return letters
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .toSorted()
    .join(' ')
}

/** Without what stands behind a plus: mail to both arrives at one place. */
function mailbox(email: string): string {
  return email.toLowerCase().replace(/\+[^@]*(?=@)/, '')
}
