import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**'],
    globalSetup: ['test/build-first.ts'],
    setupFiles: ['test/fixed-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Files run beside each other; the sandboxes and the CLI are processes of their own.
    pool: 'forks',
    // Nothing here mocks a module or keeps state between files: what two files import is loaded once.
    isolate: false,
    maxWorkers: 2,
  },
});
