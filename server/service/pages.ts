// Pages about the service itself, for everybody. Who helps is named to who is signed in.
import { findHelpers } from '#store/shown-names.ts'
import { accessibilityPage, cookiesPage, helpPage, limitsPage } from '../../web/pages/service/about.ts'
import { checkPage } from '../../web/pages/service/check.ts'
import { openPage, type PageAt } from '../page.ts'

export const servicePages: readonly PageAt[] = [
  openPage({
    name: 'page.help',
    path: '/help',
    async show({ person, adapters: { database } }) {
      return helpPage({ helpers: person && (await findHelpers(database, person.organisation)) })
    },
  }),
  openPage({ name: 'page.limits', path: '/limits', show: async () => limitsPage() }),
  openPage({ name: 'page.cookies', path: '/cookies', show: async () => cookiesPage() }),
  openPage({ name: 'page.accessibility', path: '/accessibility', show: async () => accessibilityPage() }),
  openPage({
    name: 'page.check',
    path: '/check',
    show: async ({ adapters: { now }, bundle }) => checkPage({ now: now(), bundle }),
  }),
]
