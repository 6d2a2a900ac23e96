// An administrator registers a statement signed by the organisation's root. Signatures and hashes arrive as facts.
import { ownLog } from '../caller.ts'
import type { Decision } from '../decision.ts'
import type { RefusalCode } from '../refusals.ts'
import type { Instant } from '../values.ts'
import type { OrganisationKey } from './changes.ts'
import { type Statement, statementLifeSeconds } from './statement.ts'
import {
  type DocumentHead,
  firstOf,
  isAdministrator,
  refuse,
  refuseDocument,
  type SubmissionFacts,
  type Submitted,
  whyNotHere,
  whyNotNext,
  whyNotNow,
} from './submission.ts'

export interface StatementFacts extends SubmissionFacts {
  readonly submitted: Submitted<Statement>
  /** The certificates that came along, or why one of them is refused. */
  readonly keys: readonly OrganisationKey[] | { readonly code: RefusalCode }
  /** Whether the signature is the statement's root's. */
  readonly signedByRoot: boolean
}

export function decideRegisterStatement(facts: StatementFacts, at: Instant): Decision<DocumentHead> {
  const { caller, submitted, keys } = facts
  const event = 'org.statement.registered'
  if (!isAdministrator(caller)) return refuse({ event, caller, refusal: { code: 'ROLE_REQUIRED' } })
  if (!submitted.document.ok) return refuseDocument({ event, caller, reason: submitted.document.reason })
  if ('code' in keys) return refuse({ event, caller, refusal: keys })
  if (!facts.signedByRoot) return refuse({ event, caller, refusal: { code: 'SIGNATURE_INVALID' } })
  const statement = submitted.document.value
  const reason = whyNotStatement({ facts, statement, keys, at })
  if (reason) return refuse({ event, caller, refusal: { code: 'STATEMENT_REFUSED', detail: { reason } } })
  const { hash, signed } = submitted
  const { sequence, root, expires } = statement
  return {
    next: { sequence, hash },
    changes: [{ kind: 'organisations.register-statement', statement, hash, signed, keys }],
    event: { event, logs: [ownLog(caller)], detail: { sequence, hash, root, expires } },
    jobs: [],
  }
}

interface StatementCheck {
  readonly facts: StatementFacts
  readonly statement: Statement
  readonly keys: readonly OrganisationKey[]
  readonly at: Instant
}

function whyNotStatement({ facts, statement, keys, at }: StatementCheck): string | null {
  const { organisation } = facts
  const given = new Set(keys.map(({ fingerprint }) => fingerprint))
  const named = [statement.root, ...statement.rosterKeys.map(({ fingerprint }) => fingerprint)]
  return (
    whyNotHere(facts, statement) ??
    whyNotNext(statement, organisation.statement) ??
    whyNotNow(statement, { at, life: statementLifeSeconds }) ??
    firstOf([
      [organisation.root !== null && statement.root !== organisation.root, 'the root is another'],
      [named.some((fingerprint) => !given.has(fingerprint)), 'the certificate of a key it names is missing'],
      [given.size !== new Set(named).size, 'a certificate came along that it does not name'],
      [statement.rosterKeys.some(({ from, until }) => from >= until), 'a roster key’s time ends before it begins'],
      [statement.successorRoot !== null, 'a successor root cannot be named yet'],
    ])
  )
}
