// An administrator registers a statement signed by the organisation's root, or by the successor that the last statement
// named: then only by it. Signatures and hashes arrive as facts.
import { ownLog } from '../caller.ts'
import { keyLogs } from '../certificates/decisions.ts'
import type { RefusalCode } from '../refusals.ts'
import type { AgreementId, Instant } from '../values.ts'
import type { Decision, OrganisationKey } from './changes.ts'
import { type Statement, statementLifeDays } from './statement.ts'
import {
  type DocumentHead,
  firstOf,
  refuse,
  refuseDocument,
  refuseToSubmit,
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
  /** In force, with the organisation as a party: a change of root is their business too. */
  readonly agreements: readonly AgreementId[]
}

export function decideRegisterStatement(facts: StatementFacts, at: Instant): Decision<DocumentHead> {
  const { caller, submitted, keys } = facts
  const event = 'org.statement.registered'
  const stands = refuseToSubmit(caller)
  if (stands) return refuse({ event, caller, refusal: stands })
  if (!submitted.document.ok) return refuseDocument({ event, caller, reason: submitted.document.reason })
  if ('code' in keys) return refuse({ event, caller, refusal: keys })
  if (!facts.signedByRoot) return refuse({ event, caller, refusal: { code: 'SIGNATURE_INVALID' } })
  const statement = submitted.document.value
  const reason = whyNotStatement({ facts, statement, keys, at })
  if (reason) return refuse({ event, caller, refusal: { code: 'STATEMENT_REFUSED', detail: { reason } } })
  const { hash, signed } = submitted
  const { sequence, root, expires, successorRoot } = statement
  const changesRoot = successorRoot !== null || facts.organisation.statement?.successorRoot === root
  return {
    next: { sequence, hash },
    changes: [{ kind: 'organisations.register-statement', statement, hash, signed, keys }],
    event: {
      event,
      logs: changesRoot ? keyLogs(caller, facts.agreements) : [ownLog(caller)],
      detail: { sequence, hash, root, expires, successorRoot },
    },
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
  const { root, successorRoot } = statement
  const rosterKeys = statement.rosterKeys.map(({ fingerprint }) => fingerprint)
  const named = [root, ...rosterKeys, ...(successorRoot ? [successorRoot] : [])]
  const expectedRoot = organisation.statement?.successorRoot ?? organisation.root
  return (
    whyNotHere(facts, statement) ??
    whyNotNext(statement, organisation.statement) ??
    whyNotNow(statement, { at, days: statementLifeDays }) ??
    firstOf([
      [expectedRoot !== null && root !== expectedRoot, 'the root is another'],
      [successorRoot === root, 'a root cannot be its own successor'],
      [named.some((fingerprint) => !given.has(fingerprint)), 'the certificate of a key it names is missing'],
      [given.size !== new Set(named).size, 'a certificate came along that it does not name'],
      [statement.rosterKeys.some(({ from, until }) => from >= until), 'a roster key’s time ends before it begins'],
    ])
  )
}
