// What a flow asks of the files themselves: how many, how large, of which types. Each answers the refusal, or null.
import type { Flow } from '../agreements/agreement.ts'
import type { Refusal } from '../decision.ts'
import type { SeenFileType } from '../file-types.ts'
import { mostFiles } from './bounds.ts'
import type { TransferRequest } from './facts.ts'

interface FileCase {
  readonly request: Pick<TransferRequest, 'fileBytes' | 'fileTypes'>
  readonly flow: Flow
}

export function clauseOf(flow: Flow, field: keyof Flow): string {
  return `flows.${flow.code}.${field}`
}

export function filesCounted({ request: { fileBytes }, flow }: FileCase): Refusal | null {
  const files = fileBytes.length
  if (files > flow.maxFiles) {
    return { code: 'TOO_MANY_FILES', clause: clauseOf(flow, 'maxFiles'), detail: { files, most: flow.maxFiles } }
  }
  return files > mostFiles ? { code: 'TOO_MANY_FILES', detail: { files, most: mostFiles } } : null
}

/** An empty file is a slip of the hand, or an export that failed: better said now than by the recipient. */
export function filesFilled({ request: { fileBytes } }: FileCase): Refusal | null {
  const position = fileBytes.indexOf(0) + 1
  return position > 0 ? { code: 'FILE_EMPTY', detail: { position } } : null
}

export function filesMeasured({ request: { fileBytes }, flow }: FileCase): Refusal | null {
  const tooBig = fileBytes.find((bytes) => !(bytes <= flow.maxFileBytes))
  return tooBig === undefined
    ? null
    : {
        code: 'FILE_TOO_BIG',
        clause: clauseOf(flow, 'maxFileBytes'),
        detail: { bytes: tooBig, most: flow.maxFileBytes },
      }
}

export function filesOfListedTypes({ request: { fileTypes = [] }, flow }: FileCase): Refusal | null {
  const listed: readonly SeenFileType[] | undefined = flow.fileTypes
  const index = listed === undefined ? -1 : fileTypes.findIndex((type) => type !== null && !listed.includes(type))
  if (listed === undefined || index < 0) return null
  const detail = { position: index + 1, listed: listed.join(', ') }
  return { code: 'FILE_TYPE', clause: clauseOf(flow, 'fileTypes'), detail }
}
