// What both ends of an upload agree on (tus 1.0; ARCHITECTURE.md#upload): where, with what token, and in which pieces.
import { partSize } from '#domain/transfers/documents/dispatch-note.ts'
import type { FileId, TransferId } from '#domain/values.ts'

/** Outside /api, session and CSRF: an upload carries its own capability. */
export const uploadsPath = '/uploads'

/** Only whole parts count, so this is what a client sends at once. */
export const uploadChunkBytes = partSize

/** `Authorization: Upload TOKEN`: one file, one sender, 24 hours. */
export const uploadScheme = 'Upload'

/** The only key of `Upload-Metadata`: the file's id. Names travel in the manifest. */
export const uploadMetadataKey = 'file'

/** The name of an upload below `uploadsPath`: which file of which transfer. It is no secret; the token is. */
export function uploadName({ transfer, file }: { readonly transfer: TransferId; readonly file: FileId }): string {
  return `${transfer}-${file}`
}

export const uploadTokenSeconds = 24 * 3600
