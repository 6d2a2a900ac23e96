// What each noun's store file gives to commit.ts: one writer per kind of change, so that none can be forgotten.
import type { AgreementChange } from '#domain/agreements/changes.ts'
import type { CertificateChange } from '#domain/certificates/changes.ts'
import type { Decision } from '#domain/decision.ts'
import type { IdentityChange } from '#domain/identity/changes.ts'
import type { OrganisationChange } from '#domain/organisations/changes.ts'
import type { ServiceChange } from '#domain/service/changes.ts'
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { WebhookChange } from '#domain/webhooks/changes.ts'
import type { Tx } from './database.ts'

/** Everything that a decision may change, by noun. */
export type Change =
  | IdentityChange
  | OrganisationChange
  | CertificateChange
  | AgreementChange
  | TransferChange
  | ServiceChange
  | WebhookChange

/** A decision of any noun. */
export type Decided<Next> = Decision<Next, Change>

export type Writers<C extends Change> = {
  readonly [K in C['kind']]: (tx: Tx, change: Extract<C, { kind: K }>) => Promise<void>
}

/** Another process may have been faster: then nothing of the commit is written. */
export function expectOne(result: { readonly numUpdatedRows: bigint }, what: string): void {
  if (result.numUpdatedRows !== 1n) throw new Error(`not as decided: ${what}`)
}
