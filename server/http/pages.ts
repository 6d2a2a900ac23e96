// Serves pages over Express. For each request, in this order: who may come, where a form comes from, its key, its fields by
// their models, the act, and then somewhere else (303); or the form again with what was typed and what was wrong.
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Refusal } from '#domain/decision.ts'
import { refusals } from '#domain/refusals.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { refusalPageWords } from '#words/en/pages.ts'
import { type Entered, type FieldError, keyField } from '../../web/components/form.ts'
import { layout } from '../../web/components/layout.ts'
import type { Frame, FramedPerson, Page } from '../../web/components/page.ts'
import { refusedPage } from '../../web/pages/service/refused.ts'
import type { Elsewhere, PageAt, PersonVisit } from '../page.ts'
import type { Adapters, Call } from '../use-case.ts'
import type { Assets } from './assets.ts'
import { callerOf } from './caller.ts'
import { refuseForeignForms } from './csrf.ts'
import type { FormKeys } from './form-key.ts'
import type { SignInOf } from './passport.ts'
import { EdgeRefusal, type PageOfRefusal, problemOf, settle } from './problem.ts'
import type { CountAct } from './throttle.ts'

export interface Pages {
  readonly pages: readonly PageAt[]
  readonly assets: Assets
  /** Who is signed in, as the first line of a page says it. */
  readonly personOf: (user: Express.User) => Promise<FramedPerson>
}

export interface PageMounting extends Pages {
  readonly adapters: Adapters
  readonly signInOf: SignInOf
  readonly countAct: CountAct
  readonly formKeys: FormKeys
  readonly publicUrl: string | null
}

const mostFields = 500

export interface MountedPages {
  readonly router: Router
  readonly pageOfRefusal: PageOfRefusal
}

export function mountPages(mounting: PageMounting): MountedPages {
  const { pages, publicUrl } = mounting
  const router = Router({ caseSensitive: true, strict: true })
  const form = express.urlencoded({ extended: false, limit: '100kb', parameterLimit: mostFields, inflate: false })
  for (const page of pages) {
    router.get(page.path, admit(page), show(page, mounting))
    if (page.form)
      router.post(page.path, refuseForeignForms(publicUrl), admit(page), readForm(form), act(page, mounting))
  }
  return { router, pageOfRefusal: pageOfRefusal(mounting) }
}

/** Who is not signed in is shown where to, and comes back; a form cannot come back, so that is said instead. */
function admit({ name, who }: PageAt): RequestHandler {
  return (request, response, next) => {
    request.operation = name
    if (who === 'anybody' || request.user) return next()
    if (request.method !== 'GET') throw new EdgeRefusal('SIGN_IN_REQUIRED')
    response.redirect(303, `/sign-in?${new URLSearchParams({ back: request.originalUrl })}`)
  }
}

function readForm(parse: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (!request.is('application/x-www-form-urlencoded')) throw new EdgeRefusal('MEDIA_TYPE_UNSUPPORTED')
    parse(request, response, next)
  }
}

function show(page: PageAt, mounting: PageMounting): RequestHandler {
  return async (request, response) => {
    const shown = await page.show(visitOf(request, mounting, { values: {}, errors: [] }) as PersonVisit)
    await answer(request, response, { shown, mounting, status: 200 })
  }
}

function act(page: PageAt, mounting: PageMounting): RequestHandler {
  return async (request, response) => {
    const { [keyField]: key, ...values } = textsOf(request.body)
    const again = async (errors: readonly FieldError[], refusal: Refusal) => {
      settle(request, response, refusal)
      const shown = await page.show(visitOf(request, mounting, { values, errors }) as PersonVisit)
      const { correlation } = request
      const trace = { code: refusal.code, correlation }
      const traced = 'to' in shown ? shown : { ...shown, errors, trace }
      await answer(request, response, { shown: traced, mounting, status: refusals[refusal.code].status })
    }
    const drawn = mounting.formKeys.read(request, key ?? '')
    // From before a sign-in, or from no page of ours: nothing is done, and nothing typed is lost.
    if (drawn === null) return again([{ field: null, text: refusalPageWords.outdated }], { code: 'CSRF_REFUSED' })
    const given = page.form!.model.safeParse(values)
    if (!given.success) {
      const errors = given.error.issues.map(({ path, message }) => ({ field: String(path[0] ?? ''), text: message }))
      return again(firstOfEach(errors), { code: 'REQUEST_INVALID' })
    }
    // What signs in reads it there (passport.ts): as it was meant, not as it was typed.
    request.body = given.data
    const visit = visitOf(request, mounting, { values, errors: [] }, drawn) as PersonVisit
    const done = await page.form!.act(visit, given.data as never)
    if ('to' in done) return response.redirect(303, done.to)
    const { title, action } = describeRefusal(done.refusal)
    const field = page.form!.fieldOf[done.refusal.code] ?? null
    await again([{ field, text: `${title}. ${action}` }], done.refusal)
  }
}

const firstOfEach = (errors: readonly FieldError[]) =>
  errors.filter(({ field }, index) => errors.findIndex((one) => one.field === field) === index)

/** A field that comes several times is one with several values, a line each. */
function textsOf(body: unknown): Readonly<Record<string, string>> {
  const fields = Object.entries((body ?? {}) as Record<string, string | readonly string[]>)
  return Object.fromEntries(fields.map(([name, value]) => [name, typeof value === 'string' ? value : value.join('\n')]))
}

function visitOf(request: Request, mounting: PageMounting, typed: Omit<Entered, 'key'>, drawn?: string): PersonVisit {
  const { adapters, countAct, formKeys, signInOf } = mounting
  const caller = { ...callerOf(request), client: 'web' } as Call['caller']
  const visit: PersonVisit = {
    adapters,
    params: request.params as Readonly<Record<string, string>>,
    query: textsOf(request.query),
    bundle: mounting.assets.digest,
    // Nobody's, on pages for everybody: their type says so.
    person: (request.user?.person ?? null) as PersonVisit['person'],
    entered: { ...typed, key: formKeys.draw(request) },
    async ask({ operation, perform }, given = {}) {
      if (request.user) await countAct(operation.name, request.user.person.account)
      const { params = {}, query = {}, body = {} } = given
      const asked = {
        params: operation.params.parse(params),
        query: operation.query.parse(query),
        body: operation.body.parse(body),
      }
      const outcome = await perform(adapters, {
        ...asked,
        caller,
        callerScopes: null,
        idempotency:
          drawn === undefined ? undefined : { key: drawn, operation: operation.name, request: JSON.stringify(asked) },
        headers: { range: undefined, ifRange: undefined },
        signIn: signInOf(request),
      } as never)
      if (!outcome.ok || operation.reply === 'bytes') return outcome as never
      return { ...outcome, next: operation.reply.parse(outcome.next) } as never
    },
    async need(useCase, given) {
      const outcome = await visit.ask(useCase, given)
      // The decision's own entry is in the log already.
      if (!outcome.ok) throw new EdgeRefusal(outcome.refusal, { logged: false })
      return outcome.next
    },
  }
  return visit
}

interface Answer {
  readonly shown: Page | Elsewhere
  readonly mounting: PageMounting
  readonly status: number
}

async function answer(request: Request, response: Response, { shown, mounting, status }: Answer): Promise<void> {
  if ('to' in shown) return response.redirect(303, shown.to)
  const text = layout(shown, await frameOf(request, mounting))
  response.status(status).type('html').send(Buffer.from(text))
}

async function frameOf(request: Request, { assets, personOf, formKeys }: PageMounting): Promise<Frame> {
  const { user } = request
  return {
    asset: assets.asset,
    path: request.path,
    person: user?.by === 'session' ? await personOf(user) : null,
    formKey: formKeys.draw(request),
  }
}

/** A refusal that a browser asked for: the same code, words and correlation id as a program gets. */
function pageOfRefusal(mounting: PageMounting): PageOfRefusal {
  return async (request, refusal) => {
    // Who it is may be what could not be found out.
    const frame = await frameOf(request, mounting).catch(() => ({ ...nobody(request), asset: mounting.assets.asset }))
    const problem = problemOf(refusal, { correlation: request.correlation, address: '' })
    return layout(refusedPage(problem, { signedIn: frame.person !== null }), frame)
  }
}

const nobody = (request: Request) => ({ path: request.path, person: null, formKey: '' })
