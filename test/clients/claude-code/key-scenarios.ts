import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdminToken } from '../../../apps/proxy/src/auth/admin-token.js';
import { ExchangeFeed } from '../../../apps/proxy/src/exchange/exchange-feed.js';
import { type Stage, setStage } from '../../drills/stage.js';
import type { InstalledClaude, Session } from './installed-claude.js';
import { orderOf, type Play, playedModel } from './played-model.js';
import { transcriptOf } from './transcript.js';

const OPERATOR = 'sk-ant-operator';
const OWN = 'sk-ant-own-of-alice';
const SKIP = '--dangerously-skip-permissions';
const ECHO: Play = {
  calls: ['one', 'two'].map((word) => ({ name: 'Bash', input: { command: `echo ${word}`, description: 'run it' } })),
  text: 'Both ran.',
};
const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d UTC/g;
const SAME = { name: 'Bash', input: { command: 'echo again', description: 'run it' } };

/** What a person with a client key sees, and how many requests the gateway has refused meanwhile. */
export interface KeyRow {
  readonly title: string;
  readonly isAsPromised: boolean;
  readonly refusedRequests: number;
  readonly seen: string;
}

interface Setting {
  readonly stage: Stage;
  readonly claude: InstalledClaude;
  readonly key: { readonly id: string; readonly key: string };
  admin<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  session(environment: Readonly<Record<string, string>>, flags?: readonly string[], play?: Play): Promise<Session>;
}

interface KeyScenario {
  readonly title: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly refused: number;
  /** Of the last session: in the words that the person reads. */
  readonly reads: RegExp;
  play(setting: Setting): Promise<Session>;
}

const bearer = ({ key }: Setting) => ({ ANTHROPIC_AUTH_TOKEN: key.key });

export const KEY_SCENARIOS: readonly KeyScenario[] = [
  {
    title: 'client key: ANTHROPIC_AUTH_TOKEN',
    refused: 0,
    reads: /^says: Both ran\.$/m,
    play: (at) => at.session(bearer(at)),
  },
  {
    title: 'client key: ANTHROPIC_API_KEY',
    refused: 0,
    reads: /^says: Both ran\.$/m,
    play: (at) => at.session({ ANTHROPIC_API_KEY: at.key.key }),
  },
  {
    title: 'client key: apiKeyHelper',
    refused: 0,
    reads: /^says: Both ran\.$/m,
    async play(at) {
      const helper = join(at.claude.home, 'helper.sh');
      await writeFile(helper, `#!/bin/sh\necho ${at.key.key}\n`);
      await chmod(helper, 0o700);
      return at.session({}, ['--settings', JSON.stringify({ apiKeyHelper: helper })]);
    },
  },
  {
    title: 'client key: ANTHROPIC_CUSTOM_HEADERS beside a credential of its own',
    refused: 0,
    reads: /^says: Both ran\.$/m,
    play: (at) => at.session({ ANTHROPIC_API_KEY: OWN, ANTHROPIC_CUSTOM_HEADERS: `x-claude-proxy-key: ${at.key.key}` }),
  },
  {
    title: 'client key: over budget',
    refused: 1,
    reads: /^fails: .*The budget of the user alice is used up: .* It renews at .* Ask the operator/m,
    async play(at) {
      await at.admin('PUT', '/api/budgets/user:alice', { usd: { day: 0.01 } });
      await at.session(bearer(at));
      return at.session(bearer(at));
    },
  },
  {
    title: 'client key: revoked in mid-session',
    refused: 1,
    reads: /^fails: .*The client key \w+ was revoked on/m,
    async play(at) {
      let turns = 0;
      at.stage.anthropic.setDefault((request) => {
        turns += 1;
        if (turns === 2) void at.admin('DELETE', `/api/keys/${at.key.id}`);
        return playedModel(request);
      });
      return at.session(bearer(at));
    },
  },
  {
    title: 'client key: rotated: the old key within the overlap',
    refused: 0,
    reads: /^says: Both ran\.$/m,
    async play(at) {
      await at.admin('POST', `/api/keys/${at.key.id}/rotate`, { overlap_seconds: 600 });
      return at.session(bearer(at));
    },
  },
  {
    title: 'client key: rotated: the old key after the overlap',
    refused: 1,
    reads: /^fails: .*The client key \w+ was rotated on .* Use the new one/m,
    async play(at) {
      await at.admin('POST', `/api/keys/${at.key.id}/rotate`, { overlap_seconds: 0 });
      return at.session(bearer(at));
    },
  },
  {
    title: 'client key: rotated: the new key',
    refused: 0,
    reads: /^says: Both ran\.$/m,
    async play(at) {
      const path = `/api/keys/${at.key.id}/rotate`;
      const { key } = await at.admin<{ key: string }>('POST', path, { overlap_seconds: 0 });
      return at.session({ ANTHROPIC_AUTH_TOKEN: key });
    },
  },
  {
    title: 'client key: a loop of one tool call, LOOP_DETECTION=stop',
    settings: { LOOP_DETECTION: 'stop', LOOP_CALLS: '4' },
    refused: 1,
    reads: /^fails: .*The agent has called Bash with the same input 4 times in a row/m,
    play: (at) => at.session(bearer(at), [], { calls: Array(9).fill(SAME), text: 'Never reached.' }),
  },
];

/** Plays a scenario against a gateway that requires client keys. */
export async function keyRowOf(claude: InstalledClaude, scenario: KeyScenario): Promise<KeyRow> {
  const environment = { CLIENT_AUTH: 'keys', ANTHROPIC_API_KEY: OPERATOR, FALLBACK_CHAIN: 'anthropic' };
  const stage = await setStage({ ...environment, ...scenario.settings });
  stage.anthropic.setDefault(playedModel);
  let refusedRequests = 0;
  stage.app.get(ExchangeFeed).onFinished(({ status, operation }) => {
    if (operation === 'messages' && status >= 400) refusedRequests += 1;
  });
  const admin = async <Answer>(method: string, path: string, body: unknown = {}): Promise<Answer> => {
    const headers = { 'x-admin-token': stage.app.get(AdminToken).reveal() };
    const hasBody = method !== 'DELETE';
    const response = await fetch(stage.url + path, {
      method,
      headers,
      ...(hasBody && { body: JSON.stringify(body) }),
    });
    return (response.status === 204 ? undefined : await response.json()) as Answer;
  };
  try {
    const key = await admin<Setting['key']>('POST', '/api/keys', { name: 'laptop', user: 'alice' });
    const session: Setting['session'] = (own, flags = [], play = ECHO) =>
      claude.run(stage.url, orderOf(play), [SKIP, ...flags], own);
    const lines = transcriptOf(await scenario.play({ stage, claude, key, admin, session }));
    const seen = lines.map((line) => line.replaceAll(key.id, 'ID').replaceAll(TIME, '[time]'));
    const isAsPromised =
      scenario.reads.test(seen.join('\n')) && refusedRequests === scenario.refused && !hasLeaked(stage);
    return {
      title: scenario.title,
      isAsPromised,
      refusedRequests,
      seen: seen.at(-1) === 'ends with 1' ? seen.at(-2)! : seen.at(-1)!,
    };
  } finally {
    await stage.close();
  }
}

/** A client key is never sent to an upstream. */
function hasLeaked({ anthropic }: Stage): boolean {
  return anthropic.requests.some(({ headers }) => JSON.stringify(headers).includes('ccp_'));
}
