// One address for people as one value: what it shows, and what its form does. It asks use cases, so that a page can do nothing
// that the API cannot, and decides nothing itself. http/pages.ts serves these values; nothing here knows HTTP.
import type * as z from 'zod'
import type { Operation } from '#contract/operation.ts'
import type { Refusal } from '#domain/decision.ts'
import type { Person } from '#domain/caller.ts'
import type { RefusalCode } from '#domain/refusals.ts'
import type { Outcome } from '#store/commit.ts'
import type { Entered } from '../web/components/form.ts'
import type { Page } from '../web/components/page.ts'
import type { Adapters, UseCase } from './use-case.ts'

/** What a use case is given, by the parts of its operation; what is left out is empty. */
export interface Given<O extends Operation> {
  readonly params?: z.input<O['params']>
  readonly query?: z.input<O['query']>
  readonly body?: z.input<O['body']>
}

export type Told<O extends Operation> = z.output<Exclude<O['reply'], 'bytes'>>

/** Somebody at an address. */
export interface Visit {
  readonly adapters: Adapters
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** The digest of what browsers are given here. */
  readonly bundle: string
  /** For the forms of the page: nothing at first; what was typed and what was wrong with it after a refused post. */
  readonly entered: Entered
  /** Performs a use case as its operation is performed. A post's key makes it happen once, however often it is sent. */
  ask<O extends Operation>(useCase: UseCase<O>, given?: Given<O>): Promise<Outcome<Told<O>>>
  /** The same, for what a page cannot be without: a refusal is shown instead of it. */
  need<O extends Operation>(useCase: UseCase<O>, given?: Given<O>): Promise<Told<O>>
}

export interface OpenVisit extends Visit {
  readonly person: Person | null
}

export interface PersonVisit extends Visit {
  readonly person: Person
}

/** The browser is sent there; after a post by a new request (303), so that going back and reloading repeat nothing. */
export interface Elsewhere {
  readonly to: string
}

/** The form again, with what was typed and the refusal in words, at the field that it is about. */
export interface NotDone {
  readonly refusal: Refusal
}

/** A form of a page, with the type of what it gives forgotten: http/pages.ts parses before it acts. */
export interface Form<V extends Visit> {
  readonly model: z.ZodType
  readonly act: (visit: V, given: never) => Promise<Elsewhere | NotDone>
  /** Which field a refusal is about; one that is not here is about the whole form. */
  readonly fieldOf: FieldOf
}

type FieldOf = Partial<Readonly<Record<RefusalCode, string>>>

interface Address<V extends Visit> {
  /** As operations have one: `noun.what`, in the operator's log. */
  readonly name: string
  /** Express path. */
  readonly path: string
  readonly show: (visit: V) => Promise<Page | Elsewhere>
  readonly form?: Form<V>
}

export interface OpenPage extends Address<OpenVisit> {
  readonly who: 'anybody'
}

export interface PersonPage extends Address<PersonVisit> {
  readonly who: 'person'
}

export type PageAt = OpenPage | PersonPage

/** For everybody, signed in or not. */
export const openPage = (page: Address<OpenVisit>): PageAt => ({ who: 'anybody', ...page })

/** For who is signed in; others are asked to, and come back. */
export const personPage = (page: Address<PersonVisit>): PageAt => ({ who: 'person', ...page })

/** `model`: the fields; its messages are sentences for people. */
export function openForm<Model extends z.ZodType>(
  model: Model,
  act: (visit: OpenVisit, given: z.output<Model>) => Promise<Elsewhere | NotDone>,
  fieldOf: FieldOf = {},
): Form<OpenVisit> {
  return { model, act, fieldOf }
}

export function personForm<Model extends z.ZodType>(
  model: Model,
  act: (visit: PersonVisit, given: z.output<Model>) => Promise<Elsewhere | NotDone>,
  fieldOf: FieldOf = {},
): Form<PersonVisit> {
  return { model, act, fieldOf }
}
