// What a person sees of one agreement, whoever shows it: where it stands and why, its parties, what one's own organisation may
// send to whom by it and is sent, when it ends, whose keys are compared by phone, and what its reader can do next. From what
// was verified and what the service said of it; nothing is verified or decided here.
import type { AgreementActName } from '#domain/agreements/act-names.ts'
import type { Agreement, Flow } from '#domain/agreements/agreement.ts'
import { standingOf } from '#domain/policy/agreement-standing.ts'
import type { Instant, OrganisationId, Sha256Hex } from '#domain/values.ts'
import {
  agreementStandingWords,
  fileTypesWords,
  flowLimitsWords,
  noWitnessWords,
  secondPersonWords,
  unsignedWords,
} from '#words/en/agreements.ts'
import { readable, readableKey } from '#words/en/fingerprints.ts'

/** As it was verified, signed or not. */
export interface AgreementText {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  readonly own: OrganisationId
}

export interface AgreementToPresent extends AgreementText {
  /** A party that has not signed; null: every one has. */
  readonly missing: string | null
  /** As the service says; null: it was not. */
  readonly activatedAt: Instant | null
  readonly permitted: readonly AgreementActName[]
  readonly now: Instant
}

interface Line {
  readonly name: string
  readonly value: string
}

export interface FlowPicture {
  readonly heading: string
  readonly terms: readonly string[]
}

export interface AgreementContents {
  readonly heading: string
  readonly hash: Sha256Hex
  readonly purpose: string
  /** From when, until when, and when it is reviewed. */
  readonly ends: string
  /** With the fingerprints of their roots. */
  readonly parties: readonly Line[]
  readonly sends: readonly FlowPicture[]
  readonly receives: readonly FlowPicture[]
  /** Between other parties. */
  readonly others: readonly FlowPicture[]
  readonly serviceKeys: readonly Line[]
  readonly witnesses: string
}

export type AgreementNext = Extract<AgreementActName, 'transfer.draft' | 'agreements.sign'>

export interface AgreementPicture extends AgreementContents {
  /** Where it stands, in a sentence. */
  readonly state: string
  readonly because: readonly string[]
  readonly next: readonly AgreementNext[]
}

export function presentAgreement({
  missing,
  activatedAt,
  permitted,
  now,
  ...text
}: AgreementToPresent): AgreementPicture {
  const { agreement } = text
  const standing = missing === null ? standingOf({ agreement, activatedAt, unsigned: [] }, now) : 'unsigned'
  return {
    ...presentAgreementText(text),
    state: agreementStandingWords[standing]({ ...agreement, missing }),
    because: missing === null ? [] : [unsignedWords],
    next: (['agreements.sign', 'transfer.draft'] as const).filter((act) => permitted.includes(act)),
  }
}

/** What a signatory puts their name to and compares by phone; a summary, since what is signed is the whole. */
export function presentAgreementText({ agreement, hash, own }: AgreementText): AgreementContents {
  const { reference, version, title, purpose, effectiveFrom, reviewOn, expiresOn, serviceKeys, flows } = agreement
  const pictures = (these: readonly Flow[]) => these.map((flow) => presentFlow(flow, agreement))
  return {
    heading: `${reference} version ${version}: ${title}`,
    hash,
    purpose: `${purpose.statement} (${purpose.codes.join(', ')})`,
    ends: `From ${effectiveFrom}, review on ${reviewOn}, until ${expiresOn}`,
    parties: agreement.parties.map(({ name, root }) => ({ name, value: readable(root) })),
    sends: pictures(flows.filter(({ from }) => from === own)),
    receives: pictures(flows.filter(({ from, to }) => to === own && from !== own)),
    others: pictures(flows.filter(({ from, to }) => from !== own && to !== own)),
    serviceKeys: [
      ...serviceKeys.scanAuthority.map((key) => ({ name: 'scan authority', value: readable(key.fingerprint) })),
      ...serviceKeys.housekeeper.map((key) => ({ name: 'housekeeper', value: readable(key.fingerprint) })),
      ...serviceKeys.log.map((key) => ({ name: 'log', value: readableKey(key.publicKey) })),
      ...serviceKeys.promise.map((key) => ({ name: 'promise', value: readableKey(key.publicKey) })),
    ],
    witnesses: sayWitnesses(agreement),
  }
}

function presentFlow(flow: Flow, { parties }: Agreement): FlowPicture {
  const { code, from, to, items, maxMarking, maxDays } = flow
  const nameOf = (end: string) => parties.find(({ organisation }) => organisation === end)?.name ?? end
  const second = secondPersonWords(flow)
  return {
    heading: `${code}: ${nameOf(from)} to ${nameOf(to)}, ${items.join(', ')}, up to ${maxMarking}, kept ${maxDays} days at most`,
    terms: [flowLimitsWords(flow), fileTypesWords(flow), ...(second === null ? [] : [second])],
  }
}

function sayWitnesses({ witnesses, quorum }: Agreement): string {
  return quorum === 0 ? noWitnessWords : `Witnesses: ${quorum} of ${witnesses.length} must cosign the log.`
}
