// Every use case of organisations.
import type { UseCase } from '../use-case.ts'
import { registerRoster } from './register-roster.ts'
import { registerStatement } from './register-statement.ts'
import { listAwaiting, showDocuments } from './show.ts'

export const organisationUseCases: readonly UseCase[] = [showDocuments, listAwaiting, registerStatement, registerRoster]
