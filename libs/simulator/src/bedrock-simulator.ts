import { randomUUID } from 'node:crypto';
import { tokensOfBytes } from './answer-usage.js';
import { BEDROCK_DIALECT } from './bedrock-dialect.js';
import { bedrockFailure } from './bedrock-refusals.js';
import { BEDROCK_BETAS, type BedrockCheckOptions, countFailure, invocationFailure } from './bedrock-request-checks.js';
import type { BehaviourQueue } from './behaviour-queue.js';
import { answer, type BehaviourChoice, type Failure } from './behaviours.js';
import { readBody } from './http-recording.js';
import { playBehaviour, sendJson } from './play-behaviour.js';
import type { ListenOptions, SimulatedExchange } from './simulated-server.js';
import { type Simulator, startSimulator } from './simulator.js';

/** Settings of the simulated Bedrock. All are optional. */
export interface BedrockSimulatorOptions extends ListenOptions, Partial<BedrockCheckOptions> {
  readonly defaultBehaviour?: BehaviourChoice;
}

/** A running simulated bedrock-runtime endpoint, HTTP/1.1 only. */
export type BedrockSimulator = Simulator;

const INVOCATION = /^\/model\/[^/]+\/(invoke|invoke-with-response-stream)$/;
const COUNT_TOKENS = /^\/model\/[^/]+\/count-tokens$/;

/** Starts a bedrock-runtime on a loopback socket with scripted InvokeModel and InvokeModelWithResponseStream. */
export function startBedrockSimulator(options: BedrockSimulatorOptions = {}): Promise<BedrockSimulator> {
  const { isStrict = true, knownBetas = BEDROCK_BETAS, defaultBehaviour, ...listenOptions } = options;
  return startSimulator((exchange, queue) => serve(exchange, queue, { isStrict, knownBetas }), randomUUID, {
    ...listenOptions,
    initialBehaviour: defaultBehaviour ?? answer(),
  });
}

async function serve(exchange: SimulatedExchange, queue: BehaviourQueue, checks: BedrockCheckOptions): Promise<void> {
  const { request, recorded } = exchange;
  recorded.bodyComplete(await readBody(request));
  const scripted = queue.takeForPath(recorded);
  if (scripted) return playBehaviour(scripted, exchange, BEDROCK_DIALECT);
  if (COUNT_TOKENS.test(recorded.pathname)) {
    const failure = countFailure(recorded, checks);
    if (failure) return refuseWith(failure, exchange);
    return sendJson(exchange, BEDROCK_DIALECT, { inputTokens: tokensOfBytes(recorded.bodyBytes) });
  }
  if (recorded.method !== 'POST' || !INVOCATION.test(recorded.pathname)) {
    return refuseWith(bedrockFailure('ResourceNotFoundException', 'No such operation'), exchange);
  }
  const failure = invocationFailure(recorded, checks);
  if (failure) return refuseWith(failure, exchange);
  await playBehaviour(queue.take(recorded), exchange, BEDROCK_DIALECT);
}

function refuseWith(failure: Failure, exchange: SimulatedExchange): Promise<void> {
  return playBehaviour({ kind: 'refusal', failure }, exchange, BEDROCK_DIALECT);
}
