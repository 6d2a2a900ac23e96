// Pages of identity: signing in and out, and one's own account.
import * as z from 'zod'
import { email } from '#domain/values.ts'
import { signInWords as words } from '#words/en/identity.ts'
import { accessPage } from '../../web/pages/identity/access.ts'
import { accountPage } from '../../web/pages/identity/account.ts'
import { signedOutPage, signInPage } from '../../web/pages/identity/sign-in.ts'
import { openForm, openPage, type PageAt, personForm, personPage } from '../page.ts'
import { endOthers, endSession, revokeToken, showAccess } from './access.ts'
import { showAccount } from './account.ts'
import { signIn, signOut } from './session.ts'

const filled = (message: string, most: number) => z.string().trim().min(1, message).max(most, message)

const signInForm = z.object({
  email: filled(words.enterEmail, 254).refine((text) => email.safeParse(text).success, words.enterEmail),
  password: z.string().min(1, words.enterPassword).max(128, words.enterPassword),
  // As authenticators show it: in two groups.
  code: filled(words.enterCode, 30)
    .transform((text) => text.replaceAll(/\s/g, ''))
    .pipe(z.string().min(6, words.enterCode)),
  back: z.string().optional(),
})

const signInAt = openPage({
  name: 'page.sign-in',
  path: '/sign-in',
  async show({ entered, query, person }) {
    const back = ownPath(entered.values.back ?? query.back)
    return person ? { to: back } : signInPage({ entered, back })
  },
  form: openForm(signInForm, async (visit, { email: who, password, code, back }) => {
    const outcome = await visit.ask(signIn, { body: { email: who, password, code } })
    return outcome.ok ? { to: ownPath(back) } : outcome
  }),
})

const signOutAt = openPage({
  name: 'page.sign-out',
  path: '/sign-out',
  // Who comes by an address has pressed nothing.
  show: async ({ person }) => ({ to: person ? '/' : '/signed-out' }),
  form: openForm(z.object({}), async (visit) => {
    // In another window somebody has signed out already: that is what was asked for.
    if (visit.person === null) return { to: '/signed-out' }
    const outcome = await visit.ask(signOut)
    return outcome.ok ? { to: '/signed-out' } : outcome
  }),
})

const signedOutAt = openPage({ name: 'page.signed-out', path: '/signed-out', show: async () => signedOutPage() })

const accountAt = personPage({
  name: 'page.account',
  path: '/account',
  show: async (visit) => accountPage({ account: await visit.need(showAccount) }),
})

const accessAt = personPage({
  name: 'page.access',
  path: '/account/access',
  show: async (visit) => accessPage({ access: await visit.need(showAccess), entered: visit.entered }),
  form: personForm(
    z.object({ session: z.string().optional(), token: z.string().optional(), others: z.literal('all').optional() }),
    async (visit, { session, token }) => {
      const outcome =
        session !== undefined
          ? await visit.ask(endSession, { params: { session } })
          : token !== undefined
            ? await visit.ask(revokeToken, { params: { token } })
            : await visit.ask(endOthers)
      return outcome.ok ? { to: '/account/access' } : outcome
    },
  ),
})

export const identityPages: readonly PageAt[] = [signInAt, signOutAt, signedOutAt, accountAt, accessAt]

/** A path of this service and nothing else: whatever looks like another host, or holds what a browser would leave out, is none. */
function ownPath(wanted: string | undefined): string {
  return wanted !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(wanted) ? wanted : '/'
}
