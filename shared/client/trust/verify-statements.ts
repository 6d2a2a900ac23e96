// Which statements of an organisation count? Those that its root signed, one after another, from the root that was pinned or
// agreed (ARCHITECTURE.md#trust-chain). A root may name its successor, which signs from the next statement on: whoever
// pinned either reaches the same chain. Trusts that fingerprint and the origin, nothing the service says.
import type { OrganisationDocuments } from '#contract/documents.ts'
import type { SeenSequences } from '#domain/anchor.ts'
import { parseDocument } from '#domain/document.ts'
import type { StatementChain } from '#domain/organisations/rostered.ts'
import { type Statement, statement } from '#domain/organisations/statement.ts'
import { isOver } from '#domain/time.ts'
import type { Fingerprint, Instant, OrganisationId, Origin, Sha256Hex } from '#domain/values.ts'
import { findKey, follows, type Reader, readSigned, refuse, refuseForeign, verifyBy } from './read-signed.ts'

declare const verified: unique symbol

/** Made here and nowhere else. The current one has not expired. */
export interface VerifiedStatements extends StatementChain {
  readonly [verified]: true
}

const asStatement: Reader<Statement> = (bytes) => parseDocument(statement, bytes)

/** What a client knows before it reads what the service says of an organisation. */
export interface Expected {
  readonly origin: Origin
  /** Pinned or agreed: the chain must go through it. */
  readonly root: Fingerprint
  /** Unknown only for one's own organisation before its first statement was seen. */
  readonly organisation?: OrganisationId | undefined
  readonly seen: SeenSequences
  readonly now: Instant
  /** It is one's own, whose root a person pinned: what the service has instead is never said. */
  readonly isOwn?: true
  /** Only to replace an expired roster by its successor, or to read what is past: never to choose whom to trust now. */
  readonly forgiveExpiry?: true
  /** Only for the administrator who replaces it: the last roster may be signed by a key that was dropped since. */
  readonly forgiveDroppedKey?: true
}

/** Root and statements alone: what an administrator needs before the first roster. Throws TrustRefused. */
export async function verifyStatements(
  expected: Expected,
  { organisation, statements, keys }: Pick<OrganisationDocuments, 'organisation' | 'statements' | 'keys'>,
): Promise<VerifiedStatements> {
  if (expected.organisation !== undefined && expected.organisation !== organisation) {
    throw refuse('TRUST_ORGANISATION', organisation)
  }
  const all = new Map<Sha256Hex, Statement>()
  let last: { value: Statement; hash: Sha256Hex } | undefined
  for (const document of statements) {
    const { value, hash, signed } = await readSigned(asStatement, document)
    refuseForeign(expected, { value, organisation })
    if (last && value.root !== rootAfter(last.value)) throw refuseRoot(expected, value.root)
    const at = document === statements.at(-1) ? expected.now : value.issued
    const certificate = await findKey({ keys, fingerprint: value.root, at })
    if (!certificate) throw refuseRoot(expected, `${value.root} without its certificate`)
    await verifyBy({ signed, certificate, now: expected.now, code: 'TRUST_STATEMENT_SIGNATURE' })
    if (!follows(value, last)) throw refuse('TRUST_STATEMENT_CHAIN', `statement ${value.sequence}`)
    last = { value, hash }
    all.set(hash, value)
  }
  if (!last) throw refuse('TRUST_STATEMENT_CHAIN', 'no statement')
  const { value: current, hash } = last
  // What came before it is believed by the hash it follows, what comes after by the successor it names.
  const roots = new Set([...all.values()].map(({ root }) => root))
  if (!roots.has(expected.root)) throw refuseRoot(expected, [...roots].join(', '))
  if (current.sequence < expected.seen.statement) throw refuse('TRUST_STATEMENT_OLD', `statement ${current.sequence}`)
  if (isOver(current.expires, expected.now)) throw refuse('TRUST_STATEMENT_EXPIRED', current.expires)
  const { name, root } = current
  const proven: StatementChain = { organisation, name, root, roots, current, hash, all }
  return proven as VerifiedStatements
}

function refuseRoot({ isOwn, root }: Expected, saw: string) {
  return refuse('TRUST_ROOT', isOwn ? `another than ${root}, which is pinned here` : saw)
}

/** Who signs the next statement: a root that named its successor signs nothing more. */
export function rootAfter({ root, successorRoot }: Pick<Statement, 'root' | 'successorRoot'>): Fingerprint {
  return successorRoot ?? root
}
