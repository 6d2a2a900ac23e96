// The roster that follows the verified one: who stays keeps the very same entry, who joins gets a freshly salted one.
// Chance and the roster key arrive as parameters.
import { encodeSigned } from '#contract/documents.ts'
import { type AwaitingPerson, organisationOperations } from '#contract/organisations.ts'
import { encodeDocument } from '#domain/document.ts'
import type { Role } from '#domain/roles.ts'
import { type Person, person, type Roster, roster, rosterLifeDays, type Team } from '#domain/organisations/roster.ts'
import type { KnownOrganisation, StatementChain } from '#domain/organisations/rostered.ts'
import { addDays } from '#domain/time.ts'
import { type AccountId, type Bytes, type Instant, type Sha256Hex, sha256Hex, type TeamId } from '#domain/values.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import { sha256 } from '#openpgp/webcrypto.ts'
import type { Api } from '../api.ts'
import type { KeyHolder } from './key-holder.ts'
import { TrustRefused } from './trust-refused.ts'

/** Somebody an administrator takes in, with the rights the administrator gives. */
export interface Joining {
  readonly person: AwaitingPerson
  readonly roles: readonly Role[]
  /** Names; one that the organisation does not have yet becomes a new team. */
  readonly teams: readonly string[]
}

/** Somebody who stays, with the same key, and is to stand there otherwise. */
export interface Changing {
  readonly account: AccountId
  readonly name: string
  readonly roles: readonly Role[]
  /** Names, as in Joining. */
  readonly teams: readonly string[]
}

export interface NextRoster {
  readonly statements: StatementChain
  /** Null before the first roster. */
  readonly last: KnownOrganisation | null
  readonly joining: readonly Joining[]
  readonly changing: readonly Changing[]
  readonly leaving: ReadonlySet<AccountId>
  /** Teams to have beside those there are, by name. */
  readonly teams: readonly string[]
  readonly issued: Instant
  /** 32 random bytes as hex, fresh for each call. */
  readonly newSalt: () => string
  /** 16 random bytes as hex, fresh for each call. */
  readonly newId: () => string
}

export interface PreparedRoster {
  readonly roster: Roster
  readonly bytes: Bytes
  readonly people: readonly Bytes[]
}

/** Throws TrustRefused when the service named another fingerprint than the certificate it gave has. */
export async function prepareNextRoster(next: NextRoster): Promise<PreparedRoster> {
  const { statements, last, issued } = next
  const teams = nextTeams(next)
  const joiners = await Promise.all(next.joining.map((one) => joinerEntry(one, { ...next, teams })))
  const entries = [...stayingEntries(next), ...changedEntries({ ...next, teams }), ...joiners]
  const people = await Promise.all(entries.map(withDigest))
  people.sort((one, other) => (one.digest < other.digest ? -1 : 1))
  const value: Roster = {
    type: 'safehand.roster/1',
    origin: statements.current.origin,
    organisation: statements.organisation,
    name: statements.name,
    statement: statements.hash,
    sequence: (last?.roster.reference.sequence ?? 0) + 1,
    previous: last?.roster.reference.hash ?? null,
    issued,
    expires: addDays(issued, rosterLifeDays),
    teams: [...teams],
    people: people.map(({ digest }) => digest),
  }
  return { roster: value, bytes: encodeDocument(roster, value), people: people.map(({ bytes }) => bytes) }
}

/** Signs it with the roster key and gives it to the service. */
export async function registerRoster(
  { api, key, at }: { readonly api: Api; readonly key: KeyHolder; readonly at: Instant },
  { bytes, people, mayReturn }: PreparedRoster & { readonly mayReturn: readonly AccountId[] },
): Promise<void> {
  const signature = await key.sign({ bytes, at })
  await api.call(organisationOperations.registerRoster, {
    body: {
      document: encodeSigned({ bytes, signature }),
      people: people.map((entry) => ({ bytes: entry.toBase64() })),
      mayReturn: [...mayReturn],
    },
  })
}

function nextTeams({ last, teams, joining, changing, newId }: NextRoster): readonly Team[] {
  const known = [...(last?.roster.teams ?? [])]
  for (const name of new Set([...teams, ...[...joining, ...changing].flatMap((one) => one.teams)])) {
    if (!known.some((team) => team.name === name)) known.push({ id: newId() as TeamId, name })
  }
  return known
}

/** Of the last roster, without those who leave, who are changed, and who come again with another key. */
function stayingEntries({ last, leaving, joining, changing }: NextRoster): readonly Bytes[] {
  const again = new Set([...joining.map(({ person: { account } }) => account), ...changing.map((one) => one.account)])
  const staying = last?.roster.people.filter(({ account }) => !leaving.has(account) && !again.has(account)) ?? []
  return staying.map(({ entry }) => entry)
}

/** Freshly salted, so that a partner who is given the entry cannot tell what it was before. */
function changedEntries({ last, changing, teams, newSalt }: Omit<NextRoster, 'teams'> & JoinerContext): Bytes[] {
  const before = new Map(last?.roster.people.map((one) => [one.account, one]))
  return changing.map(({ account, name, roles, teams: names }) => {
    const known = before.get(account)
    if (!known) throw new TypeError('only somebody in the last roster can be changed')
    const { email, certificate, encryptionSubkey } = known
    return encodeEntry({ account, name, email, certificate, encryptionSubkey }, { roles, names, teams, newSalt })
  })
}

interface Rights extends Pick<JoinerContext, 'newSalt'> {
  readonly roles: readonly Role[]
  readonly names: readonly string[]
  readonly teams: readonly Team[]
}

type Identified = Pick<Person, 'account' | 'name' | 'email' | 'certificate' | 'encryptionSubkey'>

function encodeEntry(who: Identified, { roles, names, teams, newSalt }: Rights): Bytes {
  return encodeDocument(person, {
    type: 'safehand.person/1',
    salt: newSalt(),
    ...who,
    roles: [...roles],
    teams: teams.filter((team) => names.includes(team.name)).map(({ id }) => id),
  })
}

interface JoinerContext {
  readonly teams: readonly Team[]
  readonly issued: Instant
  readonly newSalt: () => string
}

async function joinerEntry(joining: Joining, { teams, issued, newSalt }: JoinerContext): Promise<Bytes> {
  const { account, name, email, certificate, encryptionSubkey, certificateBytes } = joining.person
  const found = await inspectNow(Uint8Array.fromBase64(certificateBytes), issued)
  const subkeys = found.ok ? found.certificate.encryptionSubkeys.map(({ fingerprint }) => fingerprint) : []
  // What the administrator compares by phone is the fingerprint: it must be this certificate's.
  if (!found.ok || found.certificate.fingerprint !== certificate || !subkeys.includes(encryptionSubkey)) {
    throw new TrustRefused({
      code: 'TRUST_CERTIFICATE',
      saw: `${name}: ${found.ok ? found.certificate.fingerprint : found.code}`,
    })
  }
  const rights = { roles: joining.roles, names: joining.teams, teams, newSalt }
  return encodeEntry({ account, name, email, certificate, encryptionSubkey }, rights)
}

async function withDigest(bytes: Bytes): Promise<{ readonly digest: Sha256Hex; readonly bytes: Bytes }> {
  return { digest: sha256Hex.parse(await sha256(bytes)), bytes }
}
