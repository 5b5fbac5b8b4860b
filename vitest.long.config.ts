import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The properties again, over more and other cases than each `npm test` draws.
    include: [
      'test/long/**/*.test.ts',
      'test/grading/ordinary/ordinary.test.ts',
      'test/grading/mutation/mutation.test.ts',
      'test/grading/documentation/documentation.test.ts',
      'test/cli/resume.test.ts',
      'test/analysis/between-runs.test.ts',
      'test/analysis/false-alarms.test.ts',
      'test/analysis/losses.test.ts',
      'test/analysis/ranking.test.ts',
      'test/analysis/sizing.test.ts',
      'test/analysis/stopping.test.ts',
      'test/analysis/titles.test.ts',
      'test/analysis/trend.test.ts',
      'test/analysis/trend-alarms.test.ts',
      'test/simulation/recommend.test.ts',
      'test/stats/coverage.test.ts',
      'test/engine/properties.test.ts',
      'test/grading/extract.test.ts',
      'test/grading/hostile.test.ts',
      'test/grading/lending.test.ts',
      'test/suite/loaders.test.ts',
      'test/suite/shipped.test.ts',
    ],
    globalSetup: ['test/build-first.ts'],
    env: { FC_RUNS: process.env['FC_RUNS'] ?? '1000' },
    testTimeout: 600_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
