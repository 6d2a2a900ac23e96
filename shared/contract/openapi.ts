// The whole API as one OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.1), made from the operations that the server
// mounts and the client calls, so that it cannot say anything else. Pure: words and tried examples are arguments.
import * as z from 'zod'
import { type RefusalCode, refusals } from '#domain/refusals.ts'
import { webhookMessage } from '#domain/webhooks/webhook.ts'
import { challenge } from './certificates.ts'
import { agreementDocuments, organisationDocuments, signedDocument } from './documents.ts'
import type { Examples } from './example.ts'
import type { ApiDescription, ApiOperation, ApiParameter, ApiReply, Schema } from './openapi-model.ts'
import { headerIn, headersWithExamples, withExamples } from './openapi-examples.ts'
import { uploadPaths, uploadSecurity } from './openapi-uploads.ts'
import { changesState, edgeRefusals, maxBodyBytes, type Operation, scopes } from './operation.ts'
import { headers, problem, problemMediaType } from './problem.ts'
import { publicKeys } from './service.ts'
import { webhookPaths } from './openapi-webhooks.ts'

export interface ApiWords {
  readonly title: string
  readonly description: string
  /** What each group of operations is for, by the first part of their names. */
  readonly groups: Readonly<Record<string, string>>
  readonly refusal: (code: RefusalCode) => { readonly title: string; readonly action: string }
}

export interface ApiOptions {
  readonly operations: readonly Operation[]
  readonly version: string
  readonly words: ApiWords
  readonly examples: Examples
}

/** Models that many operations share, under names that generated clients may keep. */
const named = z.registry<{ id: string }>()
named.add(signedDocument, { id: 'SignedDocument' })
named.add(organisationDocuments, { id: 'OrganisationDocuments' })
named.add(agreementDocuments, { id: 'AgreementDocuments' })
named.add(publicKeys, { id: 'PublicKeys' })
named.add(challenge, { id: 'Challenge' })
named.add(problem, { id: 'Problem' })

export function describeApi({ operations, version, words, examples }: ApiOptions): ApiDescription {
  const schemas: Record<string, Schema> = {}
  const schemaOf = (model: z.ZodType, io: 'input' | 'output') => toSchema(model, { io, schemas })
  const problemSchema = schemaOf(problem, 'output')
  const repliesTo = (codes: readonly RefusalCode[]) => refusalReplies(codes, { words, problemSchema })
  const paths: Record<string, Record<string, ApiOperation>> = {}
  for (const operation of operations) {
    const path = `/api${operation.path.replaceAll(/:([a-zA-Z]+)/g, '{$1}')}`
    const described = describeOperation(operation, { path, schemaOf, repliesTo, examples })
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: described }
  }
  return {
    openapi: '3.1.1',
    info: { title: words.title, version, description: words.description },
    servers: [{ url: '/' }],
    tags: Object.entries(words.groups).map(([name, description]) => ({ name, description })),
    paths: {
      ...paths,
      ...uploadPaths(
        repliesTo([
          'UPLOAD_REFUSED',
          'ENVELOPE_MALFORMED',
          'NOT_ENCRYPTED_TO_RECIPIENTS',
          'TRANSFER_STATE',
          'NOT_FOUND',
        ]),
        examples,
      ),
    },
    webhooks: webhookPaths(schemaOf(webhookMessage, 'output')),
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: `A token of one’s own, with scopes out of: ${scopes.join(', ')}`,
        },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-safehand', description: 'The session of a browser' },
        ...uploadSecurity,
      },
    },
  }
}

type SchemaOf = (model: z.ZodType, io: 'input' | 'output') => Schema

/** Named models go to the components, once. */
function toSchema(
  model: z.ZodType,
  { io, schemas }: { readonly io: 'input' | 'output'; readonly schemas: Record<string, Schema> },
): Schema {
  const made = z.toJSONSchema(model, { io, metadata: named })
  const text = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')
  const { $schema: _, $defs, ...schema } = JSON.parse(text) as Schema
  for (const [name, definition] of Object.entries($defs ?? {})) schemas[name] ??= withoutId(definition as Schema)
  const name = named.get(model)?.id
  if (name === undefined) return schema
  schemas[name] ??= withoutId(schema)
  return { $ref: `#/components/schemas/${name}` }
}

function withoutId({ id: _, ...schema }: Schema & { readonly id?: unknown }): Schema {
  return schema
}

interface Describing {
  readonly path: string
  readonly schemaOf: SchemaOf
  readonly repliesTo: (codes: readonly RefusalCode[]) => Readonly<Record<string, ApiReply>>
  readonly examples: Examples
}

function describeOperation(operation: Operation, { path, schemaOf, repliesTo, examples }: Describing): ApiOperation {
  const changes = changesState(operation)
  const codes = refusalsOf(operation)
  const shown = examples[operation.name]
  const body = {
    schema: schemaOf(operation.body, 'input'),
    ...(shown?.request.body && { example: shown.request.body }),
  }
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [groupOf(operation)],
    security: operation.scope === null ? [{}] : [{ token: [operation.scope] }, { session: [] }],
    parameters: withExamples(
      [
        ...parameters(schemaOf(operation.params, 'input'), 'path'),
        ...parameters(schemaOf(operation.query, 'input'), 'query'),
        ...(changes ? [idempotencyKey, forgeryHeader] : []),
        ...(operation.reply === 'bytes' ? rangeHeaders : []),
      ],
      { path, shown },
    ),
    ...(changes && {
      description: `A body has at most ${operation.maxBody ?? maxBodyBytes} bytes.`,
      requestBody: { required: true, content: { 'application/json': body } },
    }),
    responses: {
      ...goodReplies(operation, { schemaOf, examples }),
      ...repliesTo(codes),
    },
    'x-refusals': codes,
  }
}

/** `transfer` of `transfer.draft`. */
export function groupOf({ name }: Pick<Operation, 'name'>): string {
  return name.split('.')[0] ?? name
}

/** Everything it may be refused with: its own codes, and those of the edge that can concern it. */
export function refusalsOf(operation: Operation): RefusalCode[] {
  const own = new Set<RefusalCode>([...operation.refusals, ...edgeRefusals])
  if (operation.scope === null) for (const code of ['SIGN_IN_REQUIRED', 'SCOPE_REQUIRED'] as const) own.delete(code)
  if (!changesState(operation)) {
    const onlyChanges = ['REQUEST_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED', 'CSRF_REFUSED', 'IDEMPOTENCY_CONFLICT'] as const
    for (const code of onlyChanges) own.delete(code)
  }
  return [...own].toSorted()
}

function parameters(schema: Schema, place: 'path' | 'query'): ApiParameter[] {
  const required = schema.required ?? []
  return Object.entries(schema.properties ?? {}).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: one as Schema,
  }))
}

const idempotencyKey: ApiParameter = {
  name: headers.idempotencyKey,
  in: 'header',
  required: true,
  description:
    'Drawn by the caller for this one request. The same key and request do a thing once, however often sent.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{16,100}$' },
}

const forgeryHeader: ApiParameter = {
  name: headers.csrf,
  in: 'header',
  required: false,
  description: 'With a session’s cookie: always. With a token: not needed.',
  schema: { const: '1' },
}

const rangeHeaders: readonly ApiParameter[] = [
  { name: 'Range', in: 'header', required: false, description: 'One range of bytes.', schema: { type: 'string' } },
  {
    name: 'If-Range',
    in: 'header',
    required: false,
    description: 'The ETag that the first part came with.',
    schema: { type: 'string' },
  },
]

const etag = {
  ETag: { description: 'Of both, head and body: for If-Range.', schema: { type: 'string' } },
} as const

const correlation = {
  [headers.correlation]: {
    description: 'This request’s id, in the log and for support.',
    schema: { type: 'string', pattern: '^[0-9a-f]{32}$' },
  },
} as const

function goodReplies(
  { name, reply }: Operation,
  { schemaOf, examples }: Pick<Describing, 'schemaOf' | 'examples'>,
): Record<string, ApiReply> {
  const shown = examples[name]
  if (reply === 'bytes') {
    const type = (shown && headerIn(shown.reply.headers, 'content-type')) ?? 'application/octet-stream'
    const content = { [type]: shown ? { example: shown.reply.body } : {} }
    return {
      200: {
        description: 'The bytes, whole.',
        headers: headersWithExamples({ ...correlation, ...etag }, shown),
        content,
      },
      206: { description: 'The range that was asked for.', headers: correlation, content },
    }
  }
  const schema = schemaOf(reply, 'output')
  const content = { 'application/json': { schema, ...(shown && { example: shown.reply.body }) } }
  return { 200: { description: 'Done.', headers: correlation, content } }
}

/** One reply for each status, with the codes it can carry. */
function refusalReplies(
  codes: readonly RefusalCode[],
  { words, problemSchema }: { readonly words: ApiWords; readonly problemSchema: Schema },
): Record<string, ApiReply> {
  const byStatus = Object.groupBy(codes, (code) => String(refusals[code].status)) as Record<string, RefusalCode[]>
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, own]) => [
      status,
      {
        description: own.map((code) => `${code}: ${words.refusal(code).title}.`).join('\n'),
        headers: {
          ...correlation,
          ...(['429', '503'].includes(status) && {
            'Retry-After': { description: 'Seconds, where known.', schema: { type: 'integer' } as Schema },
          }),
        },
        content: {
          [problemMediaType]: { schema: { allOf: [problemSchema, { properties: { code: { enum: own } } }] } as Schema },
        },
      },
    ]),
  )
}
