const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@claude-proxy/([^/]+)/testing$': '<rootDir>/libs/$1/src/testing/index.ts',
    '^@claude-proxy/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^claude-code-proxy$': '<rootDir>/apps/proxy/src/index.ts',
    '^claude-code-proxy/upstream$': '<rootDir>/libs/upstream/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/'],
};

/** Unit specs are next to their file. Behavior through real sockets is in test/. */
export default {
  reporters: ['default', 'summary', '<rootDir>/test/support/totals-reporter.cjs'],
  testTimeout: 60_000,
  // Half of the suites wait for time limits and processes, so three use two cores.
  maxWorkers: 3,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'] },
    { ...shared, displayName: 'infra', testMatch: ['<rootDir>/infra/**/*.spec.ts'] },
    {
      ...shared,
      displayName: 'behaviour',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/build.mjs',
      setupFiles: ['<rootDir>/test/support/load-nest.ts'],
    },
  ],
};
