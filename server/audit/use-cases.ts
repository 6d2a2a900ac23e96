// Every use case of reading a log.
import type { UseCase } from '../use-case.ts'
import { readEntries } from './entries.ts'
import { exportLog } from './export.ts'

export const auditUseCases: readonly UseCase[] = [exportLog, readEntries]
