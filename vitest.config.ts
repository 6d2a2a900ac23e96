// Three projects. `unit` needs nothing but Node and is part of `npm run check`; `house` starts programs of the house itself,
// over and over; `integration` runs against real PostgreSQL, Redis, clamd, SMTP and Chromium, started once by its global
// set-up. A test that fails, fails: no retries.
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/longest-first.ts'

const besideCode = ['shared', 'server', 'worker', 'cli', 'web'].map((folder) => `${folder}/**/*.test.ts`)
const needingServices = ['integration', 'security', 'browser', 'faults'].map((folder) => `tests/${folder}/**/*.test.ts`)
const startingPrograms = [
  'ci-run',
  'claims-reporter',
  'images',
  'import-rules',
  'lint-rules',
  'made-pages',
  'runbook',
  'secrets',
  'selection',
].map((name) => `tests/house/${name}.test.ts`)

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    retry: 0,
    // On a busy machine everything is slow: only what hangs is cut off.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 300_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: [...besideCode, 'tests/house/**/*.test.ts'], exclude: startingPrograms },
      },
      { extends: true, test: { name: 'house', include: startingPrograms } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: needingServices,
          globalSetup: 'tests/fixtures/global-setup.ts',
        },
      },
    ],
  },
})
