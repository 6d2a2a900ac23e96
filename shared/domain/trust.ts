// Why a client refuses what the service gave it: each is a lie that somebody could tell, and is shown as such
// (DESIGN 6; RISKS A3, A4). words/en/trust.ts says each in words.

export const trustRefusals = [
  'TRUST_ORIGIN',
  'TRUST_ROOT',
  'TRUST_DOCUMENT',
  'TRUST_ORGANISATION',
  'TRUST_STATEMENT_SIGNATURE',
  'TRUST_STATEMENT_CHAIN',
  'TRUST_STATEMENT_EXPIRED',
  'TRUST_STATEMENT_OLD',
  'TRUST_ROSTER_MISSING',
  'TRUST_ROSTER_KEY',
  'TRUST_ROSTER_CHAIN',
  'TRUST_ROSTER_EXPIRED',
  'TRUST_ROSTER_OLD',
  'TRUST_PERSON_NOT_LISTED',
  'TRUST_PERSON_TWICE',
  'TRUST_CERTIFICATE',
  'TRUST_AGREEMENT',
  'TRUST_AGREEMENT_NOT_OURS',
  'TRUST_AGREEMENT_NOT_SIGNED',
  'TRUST_AGREEMENT_SIGNATURE',
  'TRUST_SIGNATORY',
  'TRUST_CHALLENGE',
  'TRUST_SCAN_CERTIFICATE',
  'TRUST_NOTE',
  'TRUST_MANIFEST',
  'TRUST_BODY',
  'TRUST_LOG',
] as const
export type TrustRefusalCode = (typeof trustRefusals)[number]
