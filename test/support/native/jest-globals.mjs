/**
 * What `@jest/globals` exports, for modules that are loaded once and used by many test files: each name leads to the
 * function of the file that runs now.
 */
let current = {};

export function useGlobals(globals) {
  current = globals;
}

export const describe = currentFunction('describe');
export const it = currentFunction('it');
export const test = currentFunction('test');
export const expect = currentFunction('expect');
export const beforeAll = currentFunction('beforeAll');
export const beforeEach = currentFunction('beforeEach');
export const afterEach = currentFunction('afterEach');
export const afterAll = currentFunction('afterAll');
export const jest = new Proxy({}, { get: (_target, member) => current.jest[member].bind(current.jest) });

function currentFunction(name) {
  return new Proxy(() => {}, {
    apply: (_target, _this, args) => current[name](...args),
    get: (_target, member) => current[name][member],
  });
}
