// The data sharing agreement: the JSON people sign is the policy the service evaluates (ARCHITECTURE.md#the-policy).
// Field names follow the ICO data sharing code. Unknown fields are refused, never ignored.
import * as z from 'zod'
import { keyPeriod } from '../organisations/statement.ts'
import {
  agreementId,
  base64,
  count,
  day,
  fingerprint,
  instant,
  line,
  organisationId,
  origin,
  sha256Hex,
} from '../values.ts'
import { fileTypeCode } from '../file-types.ts'
import { nations } from '../working-days.ts'

const purposeCodes = [
  'SAFEGUARD_CHILD',
  'SAFEGUARD_ADULT',
  'CRIME_PREVENT_DETECT',
  'ASB',
  'SERIOUS_VIOLENCE',
  'MAPPA',
  'MARAC',
  'HOMELESSNESS',
  'BENEFIT_ADMIN',
  'COUNCIL_TAX_SUPPORT',
  'WELFARE_SUPPORT',
  'FRAUD',
  'DEBT',
  'HOUSING',
  'EMERGENCY',
  'COURT',
  'AUDIT',
  'RESEARCH_STATS',
] as const

export const purposeCode = z.enum(purposeCodes)

export type PurposeCode = z.infer<typeof purposeCode>

/** What a sender may name. SECRET and TOP SECRET can be named so that they can be refused with their own words. */
export const markings = ['OFFICIAL', 'OFFICIAL-SENSITIVE', 'SECRET', 'TOP SECRET'] as const

export const marking = z.enum(markings)

export type Marking = z.infer<typeof marking>

const itemCode = z
  .string()
  .max(60)
  .regex(/^[A-Z][A-Z0-9_]*$/)

const flowCode = z
  .string()
  .max(60)
  .regex(/^[a-z][a-z0-9-]*$/)

export const party = z.strictObject({
  organisation: organisationId,
  name: line(120),
  /** Fingerprint of the organisation's root: everything about a partner is believed only under it. */
  root: fingerprint,
  controllerStatus: z.enum(['SEPARATE_CONTROLLER', 'JOINT_CONTROLLER', 'PROCESSOR']),
  regime: z.enum(['UK_GDPR', 'DPA_PART3']),
  /** The office whose rostered holder signs for this party. */
  signatory: z.literal('siro'),
  informationOfficer: line(120),
  /** Whose bank holidays its people have; England's and Wales' where nothing is said. */
  workingDays: z.enum(nations).optional(),
})

export type Party = z.infer<typeof party>

const dataItem = z.strictObject({
  code: itemCode,
  name: line(120),
  category: z.enum([
    'PERSONAL',
    'SPECIAL_HEALTH',
    'SPECIAL_OTHER',
    'CRIMINAL_OFFENCE',
    'PSEUDONYMISED',
    'ANONYMISED',
    'NON_PERSONAL',
  ]),
})

export const flow = z.strictObject({
  code: flowCode,
  from: organisationId,
  to: organisationId,
  purposes: z.array(purposeCode).min(1),
  items: z.array(itemCode).min(1),
  maxMarking: z.enum(['OFFICIAL', 'OFFICIAL-SENSITIVE']),
  handlingInstruction: line(500).nullable(),
  /** Bytes of one file's plaintext. */
  maxFileBytes: count,
  maxFiles: z.int().positive().max(10_000),
  /** Longest life of a transfer, in days from its draft. */
  maxDays: z.int().positive().max(90),
  /** Days after the last acknowledgement until destruction. */
  daysAfterAcknowledgement: z.int().nonnegative().max(14),
  malwareAssurance: z.enum(['SCANNED_THEN_SEALED', 'SENDER_DECLARED']),
  /** Records in one transfer, at most. Where this or `approvalOver.records` stands, the sender states how many there are. */
  maxRecords: count.optional(),
  /** What is more than any of these is released by two people: its sender, and an approver of their organisation. */
  approvalOver: z
    .strictObject({ records: count.optional(), files: count.optional(), bytes: count.optional() })
    .optional(),
  /** What files may be, by content and name together; where an archive is, what is in it as well. None said: anything. */
  fileTypes: z.array(fileTypeCode).min(1).optional(),
  /** From hand-over until what goes to somebody for the first time is released, so that it can be undone; none: at once. */
  firstReleaseMinutes: z.int().positive().max(1440).optional(),
  /** Of the recipient, until they are reminded; after twice as many the sender is told. Two where nothing is said. */
  remindAfterWorkingDays: z.int().positive().max(30).optional(),
})

export type Flow = z.infer<typeof flow>

/** Raw Ed25519 public key (32 bytes, base64) that may sign between two instants. */
const ed25519Period = z.strictObject({ publicKey: base64.length(44), from: instant, until: instant })

/** The service's own keys, compared by phone before signing; clients believe no others. */
export const serviceKeys = z.strictObject({
  scanAuthority: z.array(keyPeriod).min(1).max(8),
  log: z.array(ed25519Period).min(1).max(8),
  promise: z.array(ed25519Period).min(1).max(8),
  housekeeper: z.array(keyPeriod).min(1).max(8),
})

export type ServiceKeys = z.infer<typeof serviceKeys>

export const agreement = z.strictObject({
  type: z.literal('safehand.agreement/1'),
  origin,
  id: agreementId,
  reference: z.string().regex(/^DSA-\d{4}-\d{6}$/),
  title: line(120),
  version: z.int().positive(),
  supersedes: sha256Hex.nullable(),
  parties: z.array(party).min(2).max(50),
  purpose: z.strictObject({
    statement: line(2000),
    codes: z.array(purposeCode).min(1),
    notCovered: z.array(line(200)).max(100),
  }),
  dataItems: z.array(dataItem).min(1).max(500),
  lawfulBasis: z
    .array(
      z.strictObject({
        organisation: organisationId,
        article6: z.enum([
          'CONSENT',
          'CONTRACT',
          'LEGAL_OBLIGATION',
          'VITAL_INTERESTS',
          'PUBLIC_TASK',
          'RECOGNISED_LI',
          'LEGITIMATE_INTERESTS',
        ]),
        condition: line(300).nullable(),
      }),
    )
    .min(1),
  legalGateway: z.array(z.strictObject({ code: itemCode, section: line(200) })).min(1),
  flows: z.array(flow).min(1).max(200),
  retention: z.strictObject({
    recipientPeriod: line(300),
    disposal: line(300),
    /** Days in which who fetched a recalled transfer says that their copy is destroyed; seven where nothing is said. */
    destructionDays: z.int().positive().max(90).optional(),
  }),
  effectiveFrom: day,
  reviewOn: day,
  expiresOn: day,
  serviceKeys,
  /** Witness vkeys (C2SP tlog-cosignature) and how many must cosign; [] and 0 are legal, and said everywhere. */
  witnesses: z.array(line(300)).max(50),
  quorum: z.int().nonnegative().max(50),
})

export type Agreement = z.infer<typeof agreement>
