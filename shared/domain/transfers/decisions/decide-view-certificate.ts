// The housekeeper's certificate that a transfer is destroyed, for everyone who may look.
import type { TransferId } from '../../values.ts'
import { type ReadFacts, transferAct } from './act.ts'
import type { Destruction } from '../ending.ts'
import { inState } from '../entries.ts'
import { mayLook } from './may-look.ts'

export interface CertificateStanding extends ReadFacts {
  /** Null: it is not destroyed. */
  readonly certificate: object | null
}

type Certificate = Pick<Destruction, 'signed' | 'housekeeper'>

export interface CertificateFacts extends CertificateStanding {
  readonly certificate: Certificate | null
}

export const decideViewCertificate = transferAct<
  'transfer.viewed',
  CertificateFacts,
  { readonly transfer: TransferId },
  Certificate,
  CertificateStanding
>({
  event: 'transfer.viewed',
  knownTo: mayLook,
  refuses: ({ found, certificate }) => (certificate ? null : inState(found.transfer)),
  act: ({ found: { transfer }, certificate }) =>
    certificate ? { next: certificate, detail: { state: transfer.state } } : inState(transfer),
})
