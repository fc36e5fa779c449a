import type { Account } from '@claude-proxy/admin-api';

const HOUR_MS = 3_600_000;

const READY: Account = {
  ...{
    id: 'acc_1',
    name: 'acme',
    fingerprint: '0a1b2c3d4e5f',
    origin: 'environment',
    revision: 1,
    organization: 'org_acme',
  },
  ...{ workspace: 'wrk_acme', priority: 100, weight: 1, models: null, state: 'ready', state_reason: null },
  ...{ state_until: null, closures: [], sessions: 14, requests: 18_204, tokens: 912_000_000, cost_usd: 1_204.55 },
  ...{ cache_hit_share: 0.94, last_used_at: Date.now() },
  windows: [
    {
      ...{ group: 'opus-5-5', kind: 'input_tokens', limit: 5_000_000, remaining: 1_400_000 },
      ...{ full_at: Date.now() + 40_000, lasts_until: Date.now() + HOUR_MS },
    },
  ],
};

export const PLAUSIBLE_ACCOUNTS: readonly Account[] = [
  READY,
  {
    ...{ ...READY, id: 'acc_2', name: 'beta', organization: 'org_beta', workspace: 'wrk_beta', origin: 'stored' },
    ...{ state: 'cooling', state_reason: 'opus-5-5: retry-after', state_until: Date.now() + 42_000 },
  },
  {
    ...{
      ...READY,
      id: 'acc_3',
      name: 'gamma',
      organization: null,
      workspace: null,
      windows: [],
      sessions: 0,
      requests: 0,
    },
    ...{ state: 'paused', state_reason: 'set by an operator', cost_usd: 0, tokens: 0, cache_hit_share: null },
  },
];
