import type {
  Account,
  Analytics,
  DrillList,
  FallbackState,
  FallbackTrial,
  PriceReport,
  Readiness,
  Session,
  Verdict,
} from '@claude-proxy/admin-api';
import { noticeText } from '../status/status.command.js';
import { durationText } from '../text/numbers.js';

/** What was found out, from the place of the client and from that of the gateway. Null: not asked, or no answer. */
export interface DoctorFacts {
  readonly url: string;
  readonly ownVersion: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: number;
  /** Why the gateway does not answer; null if it does. */
  readonly unreachable: string | null;
  readonly hasToken: boolean;
  readonly session: Session | null;
  /** What the version of the gateway and of this program have against each other. */
  readonly skew: string | null;
  /** By how much the clock of the gateway is ahead. */
  readonly clockSkewMs: number | null;
  /** The answer for a list of models, as a client asks it. */
  readonly models: { readonly status: number; readonly ms: number } | null;
  /** Time until the first byte of a stream of events. */
  readonly firstEventMs: number | null;
  readonly readiness: Readiness | null;
  /** The judgement of the gateway itself. */
  readonly verdict: Pick<Verdict, 'mood' | 'code' | 'headline' | 'note' | 'mend'> | null;
  readonly hour: Pick<Analytics, 'notices'> | null;
  readonly prices: Pick<PriceReport, 'date'> | null;
  readonly accounts: readonly Pick<Account, 'name' | 'organization' | 'state' | 'state_reason'>[];
  readonly drills: DrillList | null;
  readonly fallback: FallbackState | null;
  /** With --billed: a short answer of each model by each fallback upstream. */
  readonly trials?: readonly FallbackTrial[];
}

export interface Finding {
  readonly check: string;
  readonly problem: string;
  readonly cure: string;
}

const MAX_SKEW_MS = 60_000;
const MAX_FIRST_EVENT_MS = 3_000;
const MAX_MODELS_MS = 3_000;
const OLD_PRICES_DAYS = 120;
const DAY_MS = 86_400_000;
/** They make Claude Code write no cache, or send its requests past the gateway. */
const HARMFUL: readonly (readonly [string, string])[] = [
  ['DISABLE_PROMPT_CACHING', 'Every request pays for its whole input'],
  ['CLAUDE_CODE_USE_BEDROCK', 'Claude Code asks AWS Bedrock and not the gateway'],
  ['CLAUDE_CODE_USE_VERTEX', 'Claude Code asks Google Vertex and not the gateway'],
];
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

type Check = readonly [
  name: string,
  check: (facts: DoctorFacts) => readonly (readonly [problem: string, cure: string])[],
];

const CHECKS: readonly Check[] = [
  [
    'reachable',
    ({ unreachable, url }) =>
      unreachable === null
        ? []
        : [
            [
              `No gateway answers at ${url}: ${unreachable}`,
              'Start it with `ccp serve`, or name another with --url, CCP_URL or `ccp login`.',
            ],
          ],
  ],
  ['token', tokenFault],
  ['version', ({ skew }) => (skew === null ? [] : [[skew, 'Install the same version on both sides.']])],
  [
    'clock',
    ({ clockSkewMs }) =>
      clockSkewMs === null || Math.abs(clockSkewMs) < MAX_SKEW_MS
        ? []
        : [
            [
              `The clocks of this machine and of the gateway are ${durationText(Math.abs(clockSkewMs))} apart`,
              'Set both by NTP: AWS refuses signatures, and limits end at a wrong time.',
            ],
          ],
  ],
  [
    'streams',
    ({ firstEventMs }) =>
      firstEventMs === null || firstEventMs < MAX_FIRST_EVENT_MS
        ? []
        : [
            [
              `The first byte of a stream took ${durationText(firstEventMs)}: something in between buffers answers`,
              'Turn buffering off there (nginx: proxy_buffering off), and set its idle timeout to 3600 s.',
            ],
          ],
  ],
  ['models', modelsFault],
  ['base-url', baseUrlFaults],
  [
    'credentials',
    ({ env }) =>
      env.ANTHROPIC_API_KEY && env.ANTHROPIC_AUTH_TOKEN
        ? [
            [
              'ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN are both set',
              'Unset one: clients disagree about which of them counts.',
            ],
          ]
        : [],
  ],
  [
    'environment',
    ({ env }) =>
      HARMFUL.filter(([name]) => env[name] && env[name] !== '0').map(
        ([name, effect]) => [`${name} is set: ${effect.toLowerCase()}`, `Unset ${name}.`] as const,
      ),
  ],
  ['proxy', proxyFault],
  [
    'store',
    ({ readiness }) =>
      readiness === null || readiness.store === 'ok'
        ? []
        : [
            [
              `The store of the gateway: ${readiness.store}`,
              'Requests go on, counting waits. Check STATE_STORE, the disk, or DynamoDB and its role.',
            ],
          ],
  ],
  ['upstreams', upstreamFaults],
  ['verdict', verdictFault],
  ['accounts', accountFaults],
  [
    'fallback',
    ({ fallback }) =>
      fallback === null || (fallback.is_on && fallback.is_configured)
        ? []
        : [
            [
              `The fallback is off${fallback.reason ? `: ${fallback.reason}` : ''}`,
              fallback.is_configured
                ? 'Turn it on: ccp fallback on'
                : 'Start the gateway without BEDROCK_FALLBACK_ENABLED=false.',
            ],
          ],
  ],
  [
    'drills',
    ({ drills }) =>
      drills?.is_forced
        ? [
            [
              'FORCE_RATE_LIMIT is on: the first upstream is never asked',
              'Restart the gateway without FORCE_RATE_LIMIT.',
            ],
          ]
        : [],
  ],
  [
    'models-in-use',
    ({ hour }) =>
      (hour?.notices ?? []).map(
        (notice) =>
          [
            noticeText(notice),
            notice.kind === 'unpriced'
              ? 'Add its price with PRICE_LIST_FILE or MODELS_FILE.'
              : 'Move to the successor before that day.',
          ] as const,
      ),
  ],
  ['prices', pricesFault],
  [
    'billed',
    ({ trials = [] }) =>
      trials
        .filter(({ answered }) => !answered)
        .map(
          ({ upstream, model, detail }) =>
            [
              `${upstream} does not answer ${model}: ${detail}`,
              'Enable the model in the Bedrock console of that Region, and allow bedrock:InvokeModelWithResponseStream for it.',
            ] as const,
        ),
  ],
];

export const CHECK_NAMES: readonly string[] = CHECKS.map(([name]) => name);

export function findingsOf(facts: DoctorFacts): Finding[] {
  return CHECKS.flatMap(([check, find]) => find(facts).map(([problem, cure]) => ({ check, problem, cure })));
}

function tokenFault({ session, hasToken }: DoctorFacts): readonly (readonly [string, string])[] {
  if (!session || session.is_signed_in) return [];
  if (hasToken) return [['The gateway does not accept the token', 'Sign in again with `ccp login`, or set CCP_TOKEN.']];
  return [
    [
      'No token is known: only a gateway of this machine answers without one',
      'Sign in with `ccp login`, or set CCP_TOKEN.',
    ],
  ];
}

function modelsFault({ models }: DoctorFacts): readonly (readonly [string, string])[] {
  if (!models) return [];
  if (models.status >= 300 && models.status < 400) {
    return [
      [
        `GET /v1/models is answered by a redirect (${models.status})`,
        'Use the address that it leads to: clients do not send their key along a redirect.',
      ],
    ];
  }
  if (models.status >= 500)
    return [[`GET /v1/models fails with status ${models.status}`, 'See `ccp logs --error-only` and `ccp why ID`.']];
  return models.ms < MAX_MODELS_MS
    ? []
    : [
        [
          `GET /v1/models took ${durationText(models.ms)}`,
          'Claude Code waits 3 s for it: check the network between this machine and the gateway.',
        ],
      ];
}

function baseUrlFaults({ env, url }: DoctorFacts): readonly (readonly [string, string])[] {
  const base = env.ANTHROPIC_BASE_URL;
  if (!base) return [];
  if (!URL.canParse(base)) return [[`ANTHROPIC_BASE_URL is "${base}", which is not an address`, `Set it to ${url}.`]];
  const faults: [string, string][] = [];
  if (/\/v1\/?$/.test(base))
    faults.push([
      `ANTHROPIC_BASE_URL ends in /v1: clients append /v1 themselves`,
      `Set it to ${base.replace(/\/v1\/?$/, '')}.`,
    ]);
  if (new URL(base).host !== new URL(url).host)
    faults.push([
      `ANTHROPIC_BASE_URL is at ${new URL(base).host}, not at this gateway`,
      'Set it by: eval "$(ccp env)"',
    ]);
  return faults;
}

function proxyFault({ env, url }: DoctorFacts): readonly (readonly [string, string])[] {
  const { hostname, protocol } = new URL(url);
  const name = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  if (!(env[name] || env[name.toLowerCase()]) || !LOOPBACK.test(hostname)) return [];
  const excluded = (env.NO_PROXY || env.no_proxy || '').split(',').map((part) => part.trim());
  if (excluded.some((part) => part === '*' || part === hostname)) return [];
  return [
    [
      `${name} is set and NO_PROXY does not name ${hostname}: clients send requests for this machine to the proxy`,
      `Add ${hostname} to NO_PROXY.`,
    ],
  ];
}

function upstreamFaults({ readiness }: DoctorFacts): readonly (readonly [string, string])[] {
  return (readiness?.upstreams ?? [])
    .filter(({ usable }) => !usable)
    .map(
      ({ name, detail }) =>
        [
          `${name} is not usable${detail ? `: ${detail}` : ''}`,
          name === 'bedrock'
            ? 'Give the gateway AWS credentials with bedrock:InvokeModel in its Region, or leave it out of FALLBACK_CHAIN.'
            : `See the log of the gateway for ${name}.`,
        ] as const,
    );
}

/** Other checks name these with more details, or they are not faults of a set-up. */
const CHECKED_ELSEWHERE = new Set(['store_away', 'no_upstream', 'no_fallback', 'fallback_off', 'drill', 'on_fallback']);

function verdictFault({ verdict }: DoctorFacts): readonly (readonly [string, string])[] {
  if (!verdict || verdict.mood === 'well' || CHECKED_ELSEWHERE.has(verdict.code)) return [];
  return [[verdict.headline.replace(/\.$/, ''), verdict.mend ?? verdict.note]];
}

function accountFaults({ accounts }: DoctorFacts): readonly (readonly [string, string])[] {
  const byOrganization = Map.groupBy(
    accounts.filter(({ organization }) => organization !== null),
    ({ organization }) => organization!,
  );
  const doubled = [...byOrganization].filter(([, of]) => of.length > 1);
  const refused = accounts.filter(({ state }) => state === 'refused' || state === 'unpaid');
  return [
    ...doubled.map(
      ([organization, of]) =>
        [
          `${of.map(({ name }) => name).join(' and ')} are of one organization (${organization}): they share one quota`,
          'Keep them for their workspaces only, or add keys of other organizations.',
        ] as const,
    ),
    ...refused.map(
      ({ name, state, state_reason }) =>
        [
          `The account ${name} is ${state}${state_reason ? `: ${state_reason}` : ''}`,
          `Correct it in the Claude Console, then: ccp accounts probe ${name}`,
        ] as const,
    ),
  ];
}

function pricesFault({ prices, nowMs }: DoctorFacts): readonly (readonly [string, string])[] {
  if (!prices) return [];
  const days = Math.floor((nowMs - Date.parse(prices.date)) / DAY_MS);
  return days <= OLD_PRICES_DAYS
    ? []
    : [[`The price list is ${days} days old`, 'Update the gateway, or set PRICE_LIST_FILE.']];
}
