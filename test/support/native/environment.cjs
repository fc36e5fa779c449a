const { ModuleMocker } = require('jest-mock');

/**
 * The test environment: the realm of Node, as the gateway has it in production. Jest's own environment is a context of
 * `node:vm` per file; each would load Nest and the AWS SDK again, which took a third of the time of all tests.
 * What a file changes in the process is put back after it.
 */
module.exports = class NativeEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  fakeTimersModern = null;
  #environment = { ...process.env };
  #console = globalThis.console;
  #exit = process.exit;

  /** Node maps stack traces to the sources; Jest's own way does not know what Node has loaded. */
  async setup() {
    Error.prepareStackTrace = undefined;
  }

  async teardown() {
    this.moduleMocker.restoreAllMocks();
    for (const name of Object.keys(process.env)) if (!(name in this.#environment)) delete process.env[name];
    Object.assign(process.env, this.#environment);
    globalThis.console = this.#console;
    process.exit = this.#exit;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return null;
  }
};
