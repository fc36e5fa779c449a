import { type AnthropicSimulator, type SimulatedOrganization, startAnthropicSimulator } from '@claude-proxy/simulator';
import { AccountProbes } from '../../apps/proxy/src/accounts/account-probes.js';
import { type Answered, type Posting, postMessage } from './post-message.js';
import { type RunningGateway, startGateway } from './start-gateway.js';

/** Three organizations with five keys: two of them share a workspace, two an organization. */
export const ORGANIZATIONS: readonly SimulatedOrganization[] = [
  { id: 'org-acme', workspaces: [{ id: 'wrk-acme', keys: ['sk-ant-acme-1', 'sk-ant-acme-2'] }] },
  {
    id: 'org-beta',
    workspaces: [
      { id: 'wrk-beta-1', keys: ['sk-ant-beta-1'] },
      { id: 'wrk-beta-2', keys: ['sk-ant-beta-2'] },
    ],
  },
  { id: 'org-gamma', workspaces: [{ id: 'wrk-gamma', keys: ['sk-ant-gamma'] }] },
];

/** A gateway with a pool, in front of a simulated Anthropic with organizations. */
export interface Pool {
  readonly anthropic: AnthropicSimulator;
  readonly gateway: RunningGateway;
  /** One turn of a session, without a credential of its own. */
  turn(session: string, posting?: Posting): Promise<Answered>;
  /** The names of the accounts that requests were sent with, since the last reset. */
  asked(): (string | undefined)[];
  close(): Promise<void>;
}

const ADMIN_TOKEN = 'admin-token-of-the-pool';

export async function startPool(
  environment: Readonly<Record<string, string>> = {},
  organizations: readonly SimulatedOrganization[] = ORGANIZATIONS,
): Promise<Pool> {
  const anthropic = await startAnthropicSimulator({ organizations });
  const keys = organizations.flatMap(({ workspaces }) => workspaces.flatMap((workspace) => workspace.keys));
  const nameOf = (key: string | undefined) => key?.replace('sk-ant-', '');
  const gateway = await startGateway({
    ANTHROPIC_UPSTREAM_URL: anthropic.url,
    ANTHROPIC_API_KEYS: keys.map((key) => `${nameOf(key)}=${key}`).join(','),
    FALLBACK_CHAIN: 'anthropic',
    MAX_RETRY_WAIT_SECONDS: '2',
    ADMIN_TOKEN,
    THROTTLE_LIMIT: '0',
    ...environment,
  });
  await gateway.app.get(AccountProbes).settled();
  anthropic.reset();
  return {
    anthropic,
    gateway,
    turn: (session, posting = {}) =>
      postMessage(gateway, {
        apiKey: null,
        ...posting,
        headers: { 'x-session-id': session, ...posting.headers },
      }),
    asked: () =>
      anthropic.requests
        .filter(({ pathname }) => pathname.startsWith('/v1/messages'))
        .map(({ credential }) => nameOf(credential)),
    async close() {
      await gateway.close();
      await anthropic.close();
    },
  };
}
