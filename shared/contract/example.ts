// A tried example of an operation: a request and its reply, recorded from a real run with every id, key and secret put in
// place of by a fixed one. server/reference/examples has one file for each operation, uploads among them; OpenAPI and the reference show them.
import * as z from 'zod'

const headers = z.record(z.string(), z.string())

export const example = z.strictObject({
  request: z.strictObject({
    method: z.string(),
    /** With its query, below the service's address. */
    path: z.string().regex(/^\/(?:api|uploads)(?:$|\/)/),
    headers,
    body: z.json().optional(),
  }),
  reply: z.strictObject({
    status: z.int(),
    headers,
    /** Of a reply in bytes, only what they are; empty where there is none. */
    body: z.json(),
  }),
})
export type Example = z.infer<typeof example>
export type Examples = Readonly<Record<string, Example>>
