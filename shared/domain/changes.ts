// Everything a decision may change, by noun. store/commit.ts has one writer per kind, so none can be forgotten.
import type { AgreementChange } from './agreements/changes.ts'
import type { CertificateChange } from './certificates/changes.ts'
import type { IdentityChange } from './identity/changes.ts'
import type { OrganisationChange } from './organisations/changes.ts'
import type { ServiceChange } from './service/changes.ts'
import type { TransferChange } from './transfers/changes.ts'
import type { WebhookChange } from './webhooks/changes.ts'

export type Change =
  | IdentityChange
  | OrganisationChange
  | CertificateChange
  | AgreementChange
  | TransferChange
  | ServiceChange
  | WebhookChange
export type ChangeKind = Change['kind']
