// The roster: who is in the organisation, with which key, role and team (ARCHITECTURE.md#roster). People stand in it as
// digests of salted person entries, so that a partner can be given only the entries its agreements need and still check
// them.
import * as z from 'zod'
import { accountId, email, fingerprint, instant, line, organisationId, origin, sha256Hex, teamId } from '../values.ts'
import { role } from '../roles.ts'

export const person = z.strictObject({
  type: z.literal('safehand.person/1'),
  /** 32 random bytes in hex: without it an entry's digest cannot be guessed. */
  salt: z.string().regex(/^[0-9a-f]{64}$/),
  account: accountId,
  name: line(120),
  email,
  certificate: fingerprint,
  encryptionSubkey: fingerprint,
  roles: z.array(role).max(8),
  teams: z.array(teamId).max(50),
})
export type Person = z.infer<typeof person>

export const team = z.strictObject({ id: teamId, name: line(120) })
export type Team = z.infer<typeof team>

export const roster = z.strictObject({
  type: z.literal('safehand.roster/1'),
  origin,
  organisation: organisationId,
  name: line(120),
  statement: sha256Hex,
  sequence: z.int().positive(),
  previous: sha256Hex.nullable(),
  issued: instant,
  expires: instant,
  teams: z.array(team).max(500),
  /** SHA-256 of each person's canonical bytes, in ascending order. */
  people: z.array(sha256Hex).max(10_000),
})
export type Roster = z.infer<typeof roster>

/** Names the roster a signer stood in; every personal signature carries one. */
export const rosterReference = z.strictObject({ sequence: z.int().positive(), hash: sha256Hex })
export type RosterReference = z.infer<typeof rosterReference>

/** A roster lives at most thirty days. */
export const rosterLifeDays = 30
