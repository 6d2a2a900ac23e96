// Uploads in the OpenAPI document. They are tus 1.0 (tus.io/protocols/resumable-upload), a protocol with its own
// headers and rules: described as far as OpenAPI can say it. Any tus client may be used; ours is.
import type { Example, Examples } from './example.ts'
import { headersWithExamples, withExamples } from './openapi-examples.ts'
import type { ApiOperation, ApiParameter, ApiReply } from './openapi-model.ts'
import { uploadChunkBytes, uploadMetadataKey, uploadScheme, uploadsPath } from './uploads.ts'

export const uploadSecurity = {
  upload: {
    type: 'http',
    scheme: uploadScheme,
    description: 'The token that a draft gave for one file: one sender, 24 hours. It opens nothing else.',
  },
} as const

const version: ApiParameter = {
  name: 'Tus-Resumable',
  in: 'header',
  required: true,
  schema: { const: '1.0.0' },
}

const offset = {
  'Upload-Offset': {
    description: 'Bytes that are durable: go on from here.',
    schema: { type: 'integer', minimum: 0 },
  },
} as const

const upload: ApiParameter = {
  name: 'upload',
  in: 'path',
  required: true,
  description: 'As the Location of the creation has it.',
  schema: { type: 'string' },
}

/** Named as operations are, by what tus asks. */
export const uploadOperations = {
  POST: 'upload.create',
  HEAD: 'upload.offset',
  PATCH: 'upload.append',
  DELETE: 'upload.give-up',
} as const

export function uploadPaths(
  refused: Readonly<Record<string, ApiReply>>,
  examples: Examples,
): Record<string, Record<string, ApiOperation>> {
  const common = { tags: ['upload'], security: [{ upload: [] }] } as const
  const paths: Record<string, Record<string, ApiOperation>> = {
    [uploadsPath]: {
      post: {
        ...common,
        operationId: uploadOperations.POST,
        summary: 'Begins the upload of one file’s encrypted body, or begins it again',
        parameters: [
          version,
          {
            name: 'Upload-Length',
            in: 'header',
            required: true,
            description: 'The length that the draft gave for this file.',
            schema: { type: 'integer', minimum: 1 },
          },
          {
            name: 'Upload-Metadata',
            in: 'header',
            required: false,
            description: `Nothing but ${uploadMetadataKey}, the file’s id in base64. Names travel encrypted, in the manifest.`,
            schema: { type: 'string' },
          },
        ],
        responses: {
          201: {
            description: 'Begun.',
            headers: { Location: { description: 'Where its bytes go.', schema: { type: 'string' } } },
          },
          ...refused,
        },
      },
    },
    [`${uploadsPath}/{upload}`]: {
      head: {
        ...common,
        operationId: uploadOperations.HEAD,
        summary: 'Says how many bytes are durable',
        parameters: [version, upload],
        responses: { 200: { description: 'So far.', headers: offset }, ...refused },
      },
      patch: {
        ...common,
        operationId: uploadOperations.PATCH,
        summary: 'Adds bytes',
        description: `Only whole parts of ${uploadChunkBytes} bytes count, and the last one.`,
        parameters: [
          version,
          upload,
          {
            name: 'Upload-Offset',
            in: 'header',
            required: true,
            description: 'Where these bytes begin: as HEAD says.',
            schema: { type: 'integer', minimum: 0 },
          },
        ],
        requestBody: { required: true, content: { 'application/offset+octet-stream': {} } },
        responses: {
          204: { description: 'Durable.', headers: offset },
          ...refused,
          409: { description: 'Another offset is due; ask with HEAD.' },
        },
      },
      delete: {
        ...common,
        operationId: uploadOperations.DELETE,
        summary: 'Gives up what was uploaded of it',
        parameters: [version, upload],
        responses: { 204: { description: 'Gone.' }, ...refused },
      },
    },
  }
  return Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, one]) => [
          method,
          exemplified(one, { path, shown: examples[one.operationId] }),
        ]),
      ),
    ]),
  )
}

function exemplified(
  operation: ApiOperation,
  { path, shown }: { readonly path: string; readonly shown: Example | undefined },
): ApiOperation {
  if (!shown) return operation
  const { status } = shown.reply
  const good = operation.responses[status]
  return {
    ...operation,
    parameters: withExamples(operation.parameters, { path, shown }),
    responses: {
      ...operation.responses,
      ...(good?.headers && { [status]: { ...good, headers: headersWithExamples(good.headers, shown) } }),
    },
  }
}
