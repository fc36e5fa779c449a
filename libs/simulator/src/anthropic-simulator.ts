import { SimulatedBatches } from './anthropic-batches.js';
import { ANTHROPIC_DIALECT } from './anthropic-dialect.js';
import { type AnthropicCheckOptions, credentialFailure, messagesBodyFailure } from './anthropic-request-checks.js';
import { type AnthropicResources, isUpload, serveResource } from './anthropic-resources.js';
import type { BehaviourQueue } from './behaviour-queue.js';
import { answer, type BehaviourChoice, type Failure } from './behaviours.js';
import { readBody } from './http-recording.js';
import { createId } from './message-events.js';
import { playBehaviour, sendJson } from './play-behaviour.js';
import type { ListenOptions, SimulatedExchange } from './simulated-server.js';
import { type Simulator, startSimulator } from './simulator.js';

/** Settings of the simulated Anthropic. All are optional. */
export interface AnthropicSimulatorOptions extends ListenOptions, Partial<AnthropicCheckOptions> {
  readonly defaultBehaviour?: BehaviourChoice;
  /** Size of the content of every file. Default 1 MB. */
  readonly fileBytes?: number;
}

/** A running simulated Anthropic. `url` is the base URL for clients. */
export type AnthropicSimulator = Simulator;

const DEFAULT_FILE_BYTES = 1_000_000;

interface AnthropicSettings {
  readonly checks: AnthropicCheckOptions;
  readonly resources: AnthropicResources;
}

/** Starts an Anthropic API on a loopback socket: scripted Messages and the other endpoints. */
export function startAnthropicSimulator(options: AnthropicSimulatorOptions = {}): Promise<AnthropicSimulator> {
  const {
    isStrict = true,
    knownCredentials,
    fileBytes = DEFAULT_FILE_BYTES,
    defaultBehaviour,
    ...listenOptions
  } = options;
  const settings: AnthropicSettings = {
    checks: { isStrict, ...(knownCredentials && { knownCredentials }) },
    resources: { batches: new SimulatedBatches(), fileBytes },
  };
  return startSimulator(
    (exchange, queue) => serve(exchange, queue, settings),
    () => createId('req_011'),
    { ...listenOptions, initialBehaviour: defaultBehaviour ?? answer() },
  );
}

async function serve(exchange: SimulatedExchange, queue: BehaviourQueue, settings: AnthropicSettings): Promise<void> {
  const { request, recorded } = exchange;
  if (!isUpload(exchange)) recorded.bodyComplete(await readBody(request));
  const scripted = queue.takeForPath(recorded);
  if (scripted) return playBehaviour(scripted, exchange, ANTHROPIC_DIALECT);
  if (recorded.pathname.endsWith('/api/hello')) return sendJson(exchange, ANTHROPIC_DIALECT, { message: 'hello' });
  const unauthorized = credentialFailure(recorded, settings.checks);
  if (unauthorized) return refuseWith(unauthorized, exchange);
  if (!isMessages(exchange)) return serveResource(exchange, settings.resources);
  const invalid = messagesBodyFailure(recorded, settings.checks);
  if (invalid) return refuseWith(invalid, exchange);
  await playBehaviour(queue.take(recorded), exchange, ANTHROPIC_DIALECT);
}

function isMessages({ recorded }: SimulatedExchange): boolean {
  return recorded.method === 'POST' && recorded.pathname.endsWith('/v1/messages');
}

function refuseWith(failure: Failure, exchange: SimulatedExchange): Promise<void> {
  return playBehaviour({ kind: 'refusal', failure }, exchange, ANTHROPIC_DIALECT);
}
