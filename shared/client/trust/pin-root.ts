// Pinning one's own organisation's root (ARCHITECTURE.md#anchor). What the service has is asked only whether it differs: a
// root that is mistyped, or a service that lies, shows at once and not weeks later. It is never said, offered or taken over:
// else whoever mistyped would copy the service's, and the one thing that is believed without proof would be its word.
import type { OrganisationDocuments } from '#contract/documents.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { parseDocument } from '#domain/document.ts'
import { statement } from '#domain/organisations/statement.ts'
import type { Fingerprint, Origin } from '#domain/values.ts'
import type { Api } from '../api.ts'
import { type Anchor, newAnchor } from './anchor.ts'
import { readSigned } from './read-signed.ts'
import { TrustRefused } from './trust-refused.ts'

export interface Pinning {
  readonly api: Api
  readonly pinned: Anchor | null
  /** Asked before another root takes the place of one under which nothing was verified. */
  readonly replaces: (pinned: Fingerprint) => Promise<boolean>
}

/** Pins once. What was pinned before stays unless nothing was signed under it. Throws TrustRefused. */
export async function pinRoot(
  { api, pinned, replaces }: Pinning,
  given: { readonly root: Fingerprint; readonly origin: Origin },
): Promise<Anchor> {
  const { root, origin } = given
  if (pinned?.former?.includes(root)) return pinned
  const isAnother = pinned !== null && pinned.root !== root
  if (isAnother && isUsed(pinned)) throw new TrustRefused({ code: 'TRUST_ROOT', saw: root })
  if (pinned && pinned.origin !== origin) throw new TrustRefused({ code: 'TRUST_ORIGIN', saw: origin })
  if (!pinned || !isUsed(pinned)) await refuseOtherRoot(root, await api.call(organisationOperations.documents, {}))
  if (isAnother && !(await replaces(pinned.root))) return pinned
  return isAnother || !pinned ? newAnchor(given) : pinned
}

/** Something was verified under it, so that something may have been signed under it. */
export function isUsed({ organisation, seen }: Anchor): boolean {
  return organisation !== undefined || Object.keys(seen).length > 0
}

/** Throws TrustRefused TRUST_ROOT_DIFFERS, which says nothing of the root that the service has. */
export async function refuseOtherRoot(
  root: Fingerprint,
  { statements }: Pick<OrganisationDocuments, 'statements'>,
): Promise<void> {
  const read = await Promise.all(statements.map((one) => readSigned((bytes) => parseDocument(statement, bytes), one)))
  if (read.length === 0 || read.some(({ value }) => value.root === root)) return
  throw new TrustRefused({ code: 'TRUST_ROOT_DIFFERS', saw: root })
}
