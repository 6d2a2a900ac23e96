// Every use case of transfers. Lists stand before what has a `:transfer` in its path.
import type { UseCase } from '../use-case.ts'
import { abandon } from './abandon.ts'
import { recall } from './recall.ts'
import { giveBack, take } from './take.ts'

export const transferUseCases: readonly UseCase[] = [abandon, take, giveBack, recall]
