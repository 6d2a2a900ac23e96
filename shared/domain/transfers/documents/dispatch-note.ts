// The dispatch note: what the sender attests, byte for byte (ARCHITECTURE.md#dispatch-note). It covers every body by
// its digest and every wrapped session key by its hash, so neither the service nor anyone else can add a reader or swap
// a file unseen.
import * as z from 'zod'
import {
  agreementReference,
  accountId,
  count,
  fileId,
  fingerprint,
  instant,
  line,
  manifestFileId,
  organisationId,
  origin,
  sha256Hex,
  transferId,
} from '../../values.ts'
import { marking, purposeCode } from '../../agreements/agreement.ts'
import { rosterReference } from '../../organisations/roster.ts'
import { recipients } from '../../policy/recipient.ts'

/** One session key wrapped for one key; `pkesk` is the SHA-256 of the packet. */
export const wrappedFor = z.strictObject({ account: accountId, encryptionSubkey: fingerprint, pkesk: sha256Hex })

export type WrappedFor = z.infer<typeof wrappedFor>

export const keySet = z.strictObject({
  id: z.int().nonnegative(),
  /** Everyone who can open: the sender and each recipient, in ascending order of account. */
  wrapped: z.array(wrappedFor).min(2).max(500),
  /** Apart, because it is dropped at release and must not be needed to check the rest. */
  scan: z.strictObject({ fingerprint, encryptionSubkey: fingerprint, pkesk: sha256Hex }),
})

export type KeySet = z.infer<typeof keySet>

export const bodyEntry = z.strictObject({
  id: fileId,
  /** Bytes of the body as uploaded, from its SEIPD packet on. */
  length: count,
  bodyDigest: sha256Hex,
  partSize: z.int().positive(),
  /** HKDF commitment to the session key, recomputed by the scanner, compared before a byte is shown. */
  commitment: sha256Hex,
  keySet: z.int().nonnegative(),
})

export type BodyEntry = z.infer<typeof bodyEntry>

/** `v2-gcm`, or `v1-cfb` when somebody's program opens nothing newer (ARCHITECTURE.md#profiles). */
export const profile = z.enum(['v2-gcm', 'v1-cfb'])

export type Profile = z.infer<typeof profile>

export const dispatchNote = z
  .strictObject({
    type: z.literal('safehand.dispatch-note/1'),
    origin,
    transfer: transferId,
    sender: z.strictObject({
      account: accountId,
      organisation: organisationId,
      fingerprint,
      roster: rosterReference,
    }),
    agreement: agreementReference,
    flow: line(60),
    purpose: purposeCode,
    items: z.array(line(60)).min(1),
    marking,
    handlingInstruction: line(500).nullable(),
    /** SHA-256 of the case reference; the reference itself travels in the manifest. */
    caseReference: sha256Hex.nullable(),
    /** How many the sender states: it decides whether a second person must release them. */
    records: count.optional(),
    expires: instant,
    at: instant,
    profile,
    /**
     * Why it is `v1-cfb`: the certificates that do not list AES-256-GCM; none, because the files were made by another
     * program. Stands there for `v1-cfb` alone.
     */
    profileFor: z.array(fingerprint).max(501).optional(),
    recipients,
    /** In the order of upload; the manifest is the last. */
    files: z.array(bodyEntry).min(2).max(10_001),
    keySets: z.array(keySet).min(1),
  })
  .refine((note) => note.files.at(-1)?.id === manifestFileId, {
    path: ['files'],
    message: 'must end with the manifest',
  })
  .refine((note) => (note.profile === 'v1-cfb') === (note.profileFor !== undefined), {
    path: ['profileFor'],
    message: 'must say why the profile is v1-cfb',
  })

export type DispatchNote = z.infer<typeof dispatchNote>

/** The one part size there is (ARCHITECTURE.md#upload), in bytes. */
export const partSize = 8 * 1024 * 1024
