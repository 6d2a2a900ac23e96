// Who reads a page, as its first lines say it: their name, and the main pages for their roles.
import type { Role } from '#domain/roles.ts'
import { sessionSeconds } from '#store/access.ts'
import { findShown } from '#store/identity.ts'
import { navigationWords as words } from '#words/en/pages.ts'
import type { FramedPerson } from '../../web/components/page.ts'
import type { SignedInCaller } from '../http/caller.ts'
import type { Adapters } from '../use-case.ts'

export function createFramedPerson({ database }: Pick<Adapters, 'database'>) {
  return async ({ person }: SignedInCaller): Promise<FramedPerson> => ({
    ...(await findShown(database, person.account)),
    navigation: navigationFor(person.roles),
    sessionSeconds: sessionSeconds.idle,
  })
}

function navigationFor(roles: readonly Role[]): FramedPerson['navigation'] {
  const sends = roles.includes('caseworker')
  return [
    { href: '/', text: words.home },
    ...(sends ? [{ href: '/received', text: words.received }] : []),
    ...(sends ? [{ href: '/sent', text: words.sent }] : []),
    ...(roles.includes('approver') ? [{ href: '/approvals', text: words.approvals }] : []),
    ...(roles.length > 0 ? [{ href: '/agreements', text: words.agreements }] : []),
  ]
}
