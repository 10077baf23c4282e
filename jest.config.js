/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.{ts,js}'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {}, // Jest 30 strips types itself (node:module), with Node >= 22.13
  globalSetup: '<rootDir>/scripts/jest-global-setup.js',
  globalTeardown: '<rootDir>/scripts/jest-global-teardown.js',
  modulePathIgnorePatterns: ['<rootDir>/(cdk.out[^/]*|dist|reports|coverage|.stryker-tmp)/'],
  testPathIgnorePatterns: ['/node_modules/'],
  injectGlobals: false,
  maxWorkers: '100%', // Jest would leave one of two processors idle
  workerIdleMemoryLimit: '250MB', // a worker keeps what its test files loaded, and slows down with it
  testTimeout: 30_000, // a loaded machine is slow, not wrong
  reporters: process.env.CI ? ['default', '<rootDir>/scripts/closing-line-reporter.js'] : ['default'],
  collectCoverageFrom: ['{bin,lambda,lib,playground}/**/*.ts'],
  coverageReporters: ['text', 'lcov', 'json-summary'],
};
