// Which process runs what lies where: what `npm run dev` starts again.
import { expect, it } from 'vitest'
import { processesOf } from '../fixtures/restart-on-change.ts'

it('[run/dev] a change starts again what runs it, and nothing else', () => {
  expect(processesOf('server/transfers/recall.ts')).toEqual(['server'])
  expect(processesOf('worker/scanner/jobs.ts')).toEqual(['scanner'])
  expect(processesOf('worker/run.ts')).toEqual(['scanner', 'housekeeper'])
  expect(processesOf('shared/domain/refusals.ts')).toEqual(['server', 'scanner', 'housekeeper'])
  expect(processesOf('web/pages/home/home.ts')).toEqual(['server'])
  expect(processesOf('web/styles/safehand.scss')).toEqual(['server'])
  for (const path of ['cli/main.ts', 'server/README.md', 'shared/domain/states.test.ts']) {
    expect(processesOf(path)).toEqual([])
  }
})
