/** Node itself loads the modules, once per worker: docs/decisions/0043. */
const shared = {
  testEnvironment: '<rootDir>/test/support/native/environment.cjs',
  runtime: '<rootDir>/test/support/native/runtime.cjs',
  transform: {},
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/'],
};

/** Unit specs are next to their file. Behavior through real sockets is in test/. */
export default {
  reporters: ['default', 'summary', '<rootDir>/test/support/totals-reporter.cjs'],
  testTimeout: 60_000,
  // Half of the suites wait for time limits and processes, so three use two cores.
  maxWorkers: 3,
  // To free the heap of a worker takes half a second on a busy machine, which is all that Jest allows by default. A worker
  // that is still there after ten has an open handle.
  workerGracefulExitTimeout: 10_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    { ...shared, displayName: 'infra', testMatch: ['<rootDir>/infra/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'behaviour',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/build.mjs',
    },
  ],
};
