// The statement that follows the last verified one: which roster keys may sign rosters, and until when. Times and the root's
// key arrive as parameters.
import { encodeSigned } from '#contract/documents.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { encodeDocument } from '#domain/document.ts'
import { type Statement, statement } from '#domain/organisations/statement.ts'
import type { Fingerprint, Instant } from '#domain/values.ts'
import type { PublicCertificate } from '#openpgp/public-certificate.ts'
import type { Api } from '../api.ts'
import type { KeyHolder } from './key-holder.ts'
import type { VerifiedStatements } from './verify-statements.ts'

export interface NextStatement
  extends Pick<Statement, 'origin' | 'organisation' | 'name' | 'issued' | 'expires' | 'root' | 'successorRoot'> {
  /** Null before the first statement. */
  readonly last: VerifiedStatements | null
  readonly rosterKeys: readonly Fingerprint[]
}

export function nextStatement({ last, rosterKeys, ...next }: NextStatement): Statement {
  // A key that is named again keeps its time: what it has signed stays signed.
  const since = new Map(last?.current.rosterKeys.map(({ fingerprint, from }) => [fingerprint, from]))
  const { issued, expires } = next
  return {
    type: 'safehand.organisation-statement/1',
    ...next,
    name: last?.name ?? next.name,
    sequence: (last?.current.sequence ?? 0) + 1,
    previous: last?.hash ?? null,
    rosterKeys: rosterKeys.map((fingerprint) => {
      return { fingerprint, from: since.get(fingerprint) ?? issued, until: expires }
    }),
  }
}

/** Signs it with the root and gives it to the service, with the certificate of every key that it names. */
export async function registerStatement(
  { api, key, at }: { readonly api: Api; readonly key: KeyHolder; readonly at: Instant },
  { document, keys }: { readonly document: Statement; readonly keys: readonly PublicCertificate[] },
) {
  const bytes = encodeDocument(statement, document)
  const signature = await key.sign({ bytes, at })
  return api.call(organisationOperations.registerStatement, {
    body: { document: encodeSigned({ bytes, signature }), keys: keys.map((one) => one.toBase64()) },
  })
}
