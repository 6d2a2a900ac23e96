// The name of an upload in its URL: which file of which transfer. It is no secret; the token is.
import { type FileId, fileId, type TransferId, transferId } from '#domain/values.ts'
import type { UploadKey } from '#store/uploads.ts'

export function uploadId({ transfer, file }: { readonly transfer: TransferId; readonly file: FileId }): string {
  return `${transfer}-${file}`
}

export function readUploadId(text: string | undefined): UploadKey | null {
  const [transfer, file, ...rest] = text?.split('-') ?? []
  const parsed = { transfer: transferId.safeParse(transfer), file: fileId.safeParse(file) }
  if (!parsed.transfer.success || !parsed.file.success || rest.length > 0) return null
  return { transfer: parsed.transfer.data, file: parsed.file.data }
}
