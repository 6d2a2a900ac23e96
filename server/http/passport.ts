// Who it is: Passport with three ways in - e-mail, password and code; the session that began with them; a bearer token.
// Passport carries people from the check to the request; every rule is in the identity service and its decisions.
import type { Request, RequestHandler } from 'express'
import { Passport, Strategy } from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'
import type { Caller, Person } from '#domain/caller.ts'
import type { Refusal } from '#domain/decision.ts'
import type { AccountId } from '#domain/values.ts'
import type { Outcome } from '#store/commit.ts'
import type { SignIn } from '../use-case.ts'
import { callerOf, type SignedInCaller } from './caller.ts'
import type { Devices } from './device.ts'
import { EdgeRefusal } from './problem.ts'
import { sessionName } from './session.ts'
import type { SignInThrottle } from './throttle.ts'

/** What the identity service knows of people (server/identity/service.ts). */
export interface People {
  signIn(shown: { email: string; password: string; code: string; caller: Caller }): Promise<Outcome<Person>>
  findPerson(account: AccountId): Promise<Person | undefined>
  findByToken(token: string): Promise<Pick<SignedInCaller, 'person' | 'session' | 'scopes'> | undefined>
}

export type SignInOf = (request: Request) => SignIn

export interface Authentication {
  /** In this order: the session's person, then the token's, who goes first. */
  readonly middleware: readonly RequestHandler[]
  readonly signInOf: SignInOf
}

export interface AuthenticationOptions {
  readonly people: People
  readonly throttle: SignInThrottle
  readonly devices: Devices
  readonly epochMs: () => number
}

export function createAuthentication({ people, throttle, devices, epochMs }: AuthenticationOptions): Authentication {
  const passport = new Passport()
  passport.use(
    new LocalStrategy(
      { usernameField: 'email', passReqToCallback: true, session: false },
      (request, email, password, done) => {
        const { code } = request.body as { code: string }
        people.signIn({ email, password, code, caller: callerOf(request) }).then((outcome) => {
          if (!outcome.ok) return done(null, false, outcome.refusal as never)
          done(null, { person: outcome.next, by: 'session', session: '', scopes: null })
        }, done)
      },
    ),
  )
  passport.use(new BearerStrategy(people.findByToken))
  passport.serializeUser<AccountId>((user, done) => done(null, user.person.account))
  passport.deserializeUser<AccountId>((account, done) => {
    people.findPerson(account).then((person) => {
      done(null, person ? { person, by: 'session', session: '', scopes: null } : false)
    }, done)
  })

  const nameSession: RequestHandler = (request, _response, next) => {
    if (request.user) request.user = { ...request.user, session: sessionName(request.sessionID) }
    next()
  }
  const bearer: RequestHandler = (request, response, next) => {
    if (request.get('authorization') === undefined) return next()
    delete request.user
    passport.authenticate('bearer', { session: false }, (error: unknown, user: Express.User | false) => {
      if (error) return next(error)
      // A wrong token is nobody: open operations still answer, all others ask to sign in.
      if (user) request.user = user
      next()
    })(request, response, next)
  }

  const check = (request: Request) =>
    new Promise<Outcome<Person>>((resolve, reject) => {
      const settle = (error: unknown, user: Express.User | false, refusal: Refusal) => {
        if (error) return reject(error)
        resolve(user ? { ok: true, next: user.person, replayed: false } : { ok: false, refusal })
      }
      passport.authenticate('local', { session: false }, settle)(request, undefined, reject)
    })

  const attempt = async <Next>(request: Request, act: () => Promise<Outcome<Next>>) => {
    const email = String(request.body.email)
    const device = devices.known(request, email)
    const counted = await throttle.attempt({ email, address: request.ip ?? '', device })
    const outcome = await act()
    await counted.ended(outcome.ok)
    return outcome
  }

  const signInOf: SignInOf = (request) => ({
    check: () => attempt(request, () => check(request)),
    attempt: (act) => attempt(request, act),
    async begin(person) {
      await settled((done) =>
        request.logIn({ person, by: 'session', session: '', scopes: null }, { session: true }, done),
      )
      request.session.startedAt = epochMs()
      await settled((done) => request.session.save(done))
      if (request.res) devices.remember(request.res, String(request.body.email))
    },
    async end() {
      if (request.user?.by !== 'session') throw new EdgeRefusal({ code: 'REQUEST_INVALID', detail: onlySessionsEnd })
      await settled((done) => request.session.destroy(done))
    },
  })
  return { middleware: [passport.session(), nameSession, bearer], signInOf }
}

const onlySessionsEnd = { field: 'Authorization', reason: 'a token is revoked, not signed out' }

function settled(act: (done: (error: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    act((error) => (error ? reject(error) : resolve()))
  })
}

/** `Authorization: Bearer TOKEN` (RFC 6750 section 2.1). */
class BearerStrategy extends Strategy {
  override readonly name = 'bearer'
  // Passport calls a copy made by Object.create, which has no private fields.
  readonly find: People['findByToken']

  constructor(find: People['findByToken']) {
    super()
    this.find = find
  }

  override authenticate(request: Request): void {
    const [, token] = request.get('authorization')?.match(/^Bearer ([A-Za-z0-9._~+/=-]{1,200})$/i) ?? []
    if (token === undefined) return this.fail('Bearer')
    this.find(token).then(
      (found) => (found ? this.success({ ...found, by: 'token' }) : this.fail('Bearer error="invalid_token"')),
      (error: unknown) => this.error(error),
    )
  }
}
