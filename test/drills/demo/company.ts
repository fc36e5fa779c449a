/** The made-up company of the demo: its people, what they use, and when they work. */

/** A person or a program with a client key. */
export interface Member {
  readonly user: string;
  readonly team: string;
  /** Sessions of Claude Code, or single requests of a program. */
  readonly isPerson: boolean;
  /** Share of the requests, relative to the others. */
  readonly weight: number;
  readonly models: readonly string[];
}

const HEAVY = ['claude-opus-5-5', 'claude-opus-5-5', 'claude-opus-5-5', 'claude-sonnet-5-5'];
const MIXED = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-sonnet-5-5'];
const LIGHT = ['claude-sonnet-5-5', 'claude-haiku-5-5'];
/** In no list of models, so it has no price. */
const UNPRICED_MODEL = 'claude-opus-6-preview';

export const COMPANY: readonly Member[] = [
  ...people('payments', { alice: HEAVY, 'minji.kim': HEAVY, bob: MIXED, priya: MIXED, tomas: LIGHT }),
  ...people('platform', { 'joon.park': HEAVY, dmitri: HEAVY, chloé: MIXED, farid: MIXED, lena: [UNPRICED_MODEL] }),
  ...people('mobile', { 'soyeon.lee': HEAVY, hiro: MIXED, grace: MIXED, noah: LIGHT }),
  ...people('data', { 'hana.choi': MIXED, 김철수: MIXED, ingrid: LIGHT }),
  program('review-bot', 'platform', 30, ['claude-sonnet-5-5']),
  program('ci-nightly', 'data', 14, ['claude-haiku-5-5', 'claude-sonnet-5-5']),
  program('support-bot', 'mobile', 26, ['claude-haiku-5-5']),
];

export const PEOPLE = COMPANY.filter(({ isPerson }) => isPerson);
export const PROGRAMS = COMPANY.filter(({ isPerson }) => !isPerson);
export const TEAMS = [...new Set(COMPANY.map(({ team }) => team))];

/** Accounts of the operator by name, with their keys and the organization that the simulated Anthropic gives each. */
export const ACCOUNTS = [
  { name: 'acme-1', key: 'sk-ant-demo-acme-1', organization: 'org-acme', workspace: 'wrk-acme' },
  { name: 'acme-2', key: 'sk-ant-demo-acme-2', organization: 'org-acme', workspace: 'wrk-acme' },
  { name: 'beta', key: 'sk-ant-demo-beta', organization: 'org-beta', workspace: 'wrk-beta' },
  { name: 'gamma', key: 'sk-ant-demo-gamma', organization: 'org-gamma', workspace: 'wrk-gamma' },
] as const;

/** Brings a key of Anthropic of her own, whose limit is reached. */
export const OWN_CREDENTIAL = { user: 'ingrid', key: 'sk-ant-demo-ingrid', organization: 'org-ingrid' };

/** Half of this person's requests meet a drill. */
export const DRILLED_USER = 'noah';

/** Load relative to the busiest hour, by hour in UTC: offices in Seoul, Berlin and San Francisco. */
const RHYTHM = [72, 80, 78, 60, 66, 78, 82, 88, 96, 90, 84, 70, 74, 86, 88, 84, 92, 100, 90, 82, 74, 78, 80, 76];
const WEEKEND_SHARE = 0.45;
const REQUESTS_AT_PEAK = 480;

/** Of all members, at this time: in the history and in live traffic. */
export function requestsPerHour(timeMs: number): number {
  const time = new Date(timeMs);
  const isWeekend = time.getUTCDay() % 6 === 0;
  return ((REQUESTS_AT_PEAK * RHYTHM[time.getUTCHours()]!) / 100) * (isWeekend ? WEEKEND_SHARE : 1);
}

/** For an hour of each working day the accounts meet their limits. */
const LIMITED_HOURS = [9, 17];

export function isLimitedAt(timeMs: number): boolean {
  const time = new Date(timeMs);
  return time.getUTCDay() % 6 !== 0 && LIMITED_HOURS.includes(time.getUTCHours());
}

/** The share of requests that belong to sessions of people. */
export const SHARE_OF_SESSIONS = 0.72;

export const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(Math.random() * values.length)]!;

export const between = (least: number, most: number): number => least + Math.random() * (most - least);

export function pickMember(members: readonly Member[]): Member {
  let at = Math.random() * members.reduce((sum, { weight }) => sum + weight, 0);
  for (const member of members) {
    at -= member.weight;
    if (at < 0) return member;
  }
  return members[0]!;
}

/** The first of a team works most. */
function people(team: string, models: Readonly<Record<string, readonly string[]>>): Member[] {
  return Object.entries(models).map(([user, ofUser], index) => {
    return { user, team, isPerson: true, weight: 20 - 3 * index, models: ofUser };
  });
}

function program(user: string, team: string, weight: number, models: readonly string[]): Member {
  return { user, team, isPerson: false, weight, models };
}
