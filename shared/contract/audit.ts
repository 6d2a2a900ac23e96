// Reading a log (ARCHITECTURE.md#verify-a-log). Two operations are enough: `export` fixes what is to be had - a signed
// checkpoint and the documents its key is found in - and `entries` gives the bytes in long pages. Tiles are not served:
// a client builds them from the entries, as anybody can, and believes the result only when its root is the signed one.
import * as z from 'zod'
import { logOrigin } from '#domain/audit/entry.ts'
import { base64, count, line } from '#domain/values.ts'
import { agreementDocuments } from './documents.ts'
import { nothing, type Operation } from './operation.ts'

/** Which log: `agreement` or `organisation`, and its id. The service's own log has no readers yet. */
const ofLog = z.strictObject({ kind: z.enum(['agreement', 'organisation']), id: z.string().regex(/^[0-9a-f]{32}$/) })

/** Entries in one page, at most: 20 C2SP bundles. */
export const pageEntries = 5_120

const position = z.coerce.number<number>().pipe(count)

export const openingView = z.strictObject({
  /** The entry it belongs to. */
  index: count,
  /** Path of the committed field in the entry, `actor.account`. */
  field: line(60),
  salt: base64.length(44),
  value: z.string(),
})
export type OpeningView = z.infer<typeof openingView>

/** How many entries the caller saw of the log before, when they want it proved that these are its beginning still. */
export const seenBefore = { seen: position.optional() }

/** C2SP signed note. */
const checkpoint = z.string().max(10_000)

/** RFC 6962 section 2.1.2, from as many entries as were `seen`. Empty when that was not asked, or the log is not longer. */
const consistency = z.array(base64.length(44)).max(64).readonly()

/** The newest head of a log; null before its first entry is in it. */
export const logHead = z.strictObject({ checkpoint: checkpoint.nullable(), consistency })
export type LogHead = z.infer<typeof logHead>

const logExport = z.strictObject({
  origin: logOrigin,
  size: count,
  checkpoint,
  consistency,
  /** Entries acknowledged before the request that no checkpoint covers yet; 0 unless the sequencer stands still. */
  waiting: count,
  /** The agreement of an agreement's log; for an organisation's log all that it has signed and are in force. */
  documents: z.array(agreementDocuments),
})
export type LogExport = z.infer<typeof logExport>

export const auditOperations = {
  export: {
    name: 'audit.export',
    summary: 'A signed checkpoint that covers what was acknowledged before, and the documents to verify it with',
    method: 'POST',
    path: '/audit/:kind/:id/exports',
    scope: 'audit',
    params: ofLog,
    query: z.strictObject(seenBefore),
    body: nothing,
    reply: logExport,
    refusals: ['NOT_FOUND', 'ROLE_REQUIRED'],
  },
  entries: {
    name: 'audit.entries',
    summary: `The exact bytes of entries, at most ${pageEntries} at once, with the openings that are left of them`,
    method: 'GET',
    path: '/audit/:kind/:id/entries',
    scope: 'audit',
    params: ofLog,
    query: z.strictObject({ from: position, to: position }),
    body: nothing,
    reply: z.strictObject({
      entries: z.array(base64).max(pageEntries).readonly(),
      openings: z.array(openingView).readonly(),
    }),
    refusals: ['NOT_FOUND', 'ROLE_REQUIRED'],
  },
} as const satisfies Record<string, Operation>
