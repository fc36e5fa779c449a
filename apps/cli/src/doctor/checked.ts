import { CHECK_NAMES, type DoctorFacts, type Finding } from './findings.js';

/** The fact that a check looks at. Null: it was not asked, or there was no answer. Others need none. */
const FACT_OF: Readonly<Record<string, keyof DoctorFacts>> = {
  version: 'session',
  clock: 'clockSkewMs',
  streams: 'firstEventMs',
  models: 'models',
  store: 'readiness',
  upstreams: 'readiness',
  verdict: 'verdict',
  accounts: 'readiness',
  fallback: 'fallback',
  drills: 'drills',
  'models-in-use': 'hour',
  prices: 'prices',
  billed: 'trials',
};

/** The checks without a finding: those that were made, and those that could not be. */
export function checksWithout(findings: readonly Finding[], facts: DoctorFacts) {
  const rest = CHECK_NAMES.filter((name) => !findings.some(({ check }) => check === name));
  const isMade = (name: string) => {
    if (name === 'token') return facts.unreachable === null;
    const fact = FACT_OF[name];
    return fact === undefined || (facts[fact] !== null && facts[fact] !== undefined);
  };
  // Not asked for is not the same as not answered.
  return { good: rest.filter(isMade), skipped: rest.filter((name) => !isMade(name) && name !== 'billed') };
}
