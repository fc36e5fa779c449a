import {
  type AnthropicSimulator,
  answer,
  type BedrockSimulator,
  type Behaviour,
  cut,
  overloaded,
  PromptCache,
  type RecordedRequest,
  rateLimited,
  type SimulatedOrganization,
} from '@claude-proxy/simulator';
import { ACCOUNTS, between, OWN_CREDENTIAL, pick } from './company.js';
import { outputTokens } from './past-exchange.js';

const TEXTS = [
  'The test passes now: the lock is released before the retry.',
  'Here is the plan. First the migration, then the two callers, and the old column last.',
  'I have read the file. The amount is rounded twice, once here and once in the ledger.',
  '고쳤습니다. 두 번 반올림하던 곳을 한 번으로 줄였습니다.',
];
const CHARACTERS_PER_TOKEN = 4;
const DELTA_CHARACTERS = 24;
const DELTA_MS = 85;
const MAX_TOKENS = 500;
/** Until the limit of all organizations ends. */
const LIMITED_SECONDS = 60;
const OWN_LIMIT_SECONDS = 1_800;
const FIRST_LIMIT_MS = 45_000;
const LIMIT_EVERY_MS = 9 * 60_000;
const LIMIT_LASTS_MS = 15_000;
/** The simulators record all requests with their bodies. */
const FORGET_EVERY_MS = 60_000;

const LIMITS = { requests: 60, inputTokens: 900_000, outputTokens: 120_000 };
const POOLED: readonly SimulatedOrganization[] = Object.entries(
  Object.groupBy(ACCOUNTS, ({ organization }) => organization),
).map(([id, accounts]) => ({
  id,
  limits: LIMITS,
  workspaces: Object.entries(Object.groupBy(accounts, ({ workspace }) => workspace)).map(([workspace, members]) => ({
    id: workspace,
    keys: members.map(({ key }) => key),
  })),
}));

export const ORGANIZATIONS: readonly SimulatedOrganization[] = [
  ...POOLED,
  { id: OWN_CREDENTIAL.organization, workspaces: [{ id: 'wrk-ingrid', keys: [OWN_CREDENTIAL.key] }] },
];

/** Plays the services: mostly answers; every few minutes all organizations are limited. Returns what ends it. */
export function playUpstreams(anthropic: AnthropicSimulator, bedrock: BedrockSimulator): () => void {
  const cache = new PromptCache();
  const begin = () => {
    anthropic.reset();
    bedrock.reset();
    anthropic.setDefault(behaviour);
    bedrock.setDefault((request) => answerOf(request, cache.usageOf(request, `bedrock ${request.model}`)));
  };
  const limit = () => {
    const refusal = rateLimited({ retryAfterSeconds: LIMITED_SECONDS });
    for (const { id } of POOLED) anthropic.organizations.refuse(id, refusal);
    setTimeout(() => {
      for (const { id } of POOLED) anthropic.organizations.refuse(id, undefined);
    }, LIMIT_LASTS_MS).unref();
  };
  begin();
  anthropic.organizations.refuse(OWN_CREDENTIAL.organization, rateLimited({ retryAfterSeconds: OWN_LIMIT_SECONDS }));
  const timers = [setInterval(begin, FORGET_EVERY_MS), setInterval(limit, LIMIT_EVERY_MS)];
  const first = setTimeout(limit, FIRST_LIMIT_MS);
  return () => {
    clearTimeout(first);
    for (const timer of timers) clearInterval(timer);
  };
}

function behaviour(request: RecordedRequest): Behaviour {
  const chance = Math.random();
  if (chance < 0.008) return overloaded();
  if (chance < 0.012) return cut({ afterEvents: 12, text: TEXTS[0]! });
  return answerOf(request);
}

function answerOf(request: RecordedRequest, usage?: object): Behaviour {
  const isQuick = request.model?.includes('haiku');
  const tokens = Math.min(MAX_TOKENS, outputTokens());
  const length = tokens * CHARACTERS_PER_TOKEN;
  return answer({
    text: `${placeIn(request)}${pick(TEXTS).repeat(20)}`.slice(0, length),
    deltaLength: DELTA_CHARACTERS,
    chunkDelayMs: isQuick ? DELTA_MS / 3 : DELTA_MS,
    latencyMs: between(250, 1_600),
    usage: { ...usage, output_tokens: tokens },
  });
}

/** The role that the model has read, as it was masked, so that the gateway restores it. */
function placeIn({ body }: RecordedRequest): string {
  const [place] = /arn:aws:iam::\d{12}:role\/[\w-]+/.exec(body.toString('latin1')) ?? [];
  return place === undefined ? '' : `The role ${place} may do it. `;
}
