// Two projects. `unit` needs nothing but Node and is part of `npm run check`; `integration` runs against real
// PostgreSQL, Redis, clamd and SMTP, started once by its global set-up. A test that fails, fails: no retries.
import { defineConfig } from 'vitest/config'

const besideCode = ['shared', 'server', 'worker', 'cli'].map((folder) => `${folder}/**/*.test.ts`)
const needingServices = ['integration', 'security', 'faults'].map((folder) => `tests/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    // On a busy machine everything is slow: only what hangs is cut off.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'unit', include: [...besideCode, 'tests/house/**/*.test.ts'] } },
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
