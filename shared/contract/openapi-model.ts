// The form of the OpenAPI 3.1 document that openapi.ts makes: as much of it as Safehand uses.
import type * as z from 'zod'
import type { RefusalCode } from '#domain/refusals.ts'

/** JSON Schema 2020-12, as far as zod makes it. */
export type Schema = z.core.JSONSchema.BaseSchema

export interface ApiParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: Schema
  readonly example?: string
}

export interface ApiContent {
  readonly schema?: Schema
  readonly example?: unknown
}

export interface ApiHeader {
  readonly description: string
  readonly schema: Schema
  readonly example?: string
}

export interface ApiReply {
  readonly description: string
  readonly headers?: Readonly<Record<string, ApiHeader>>
  readonly content?: Readonly<Record<string, ApiContent>>
}

export interface ApiOperation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly ApiParameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, ApiContent>> }
  readonly responses: Readonly<Record<string, ApiReply>>
  /** Codes of refusal, for readers that look for them here and not in the replies. */
  readonly 'x-refusals'?: readonly RefusalCode[]
}

export interface ApiDescription {
  readonly openapi: '3.1.1'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>
  /** What the service sends to programs that asked for it. */
  readonly webhooks: Readonly<Record<string, { readonly post: ApiOperation }>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  }
}
