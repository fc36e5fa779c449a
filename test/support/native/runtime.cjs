const { pathToFileURL } = require('node:url');
const { useGlobals } = require('./jest-globals.mjs');
require('./load-sources.cjs');

/** Loads modules with Node itself, each once per worker. Jest makes one for each test file. */
class NativeRuntime {
  #environment;

  constructor(_config, environment) {
    this.#environment = environment;
  }

  /** Jest asks for its test framework. Its state is that of one file, so each file gets a fresh one. */
  requireInternalModule(path) {
    delete globalThis[Symbol.for('EVENT_HANDLERS')];
    delete require.cache[require.resolve(path)];
    return require(path);
  }

  setGlobalsForRuntime(globals) {
    useGlobals({ ...globals, jest: this.#environment.moduleMocker });
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  /** The number makes a second run of the same file, as `--watch` asks for, load it again. */
  async unstable_importModule(path) {
    await import(`${pathToFileURL(path).href}?run=${++NativeRuntime.runs}`);
  }

  static runs = 0;

  requireModule(path) {
    return require(path);
  }

  clearAllMocks() {
    this.#environment.moduleMocker.clearAllMocks();
  }

  resetAllMocks() {
    this.#environment.moduleMocker.resetAllMocks();
  }

  restoreAllMocks() {
    this.#environment.moduleMocker.restoreAllMocks();
  }

  getSourceMaps() {
    return new Map();
  }

  getAllCoverageInfoCopy() {
    return undefined;
  }

  resetModules() {}
  enterTestCode() {}
  leaveTestCode() {}
  teardown() {}
}

module.exports = { default: NativeRuntime, __esModule: true };
