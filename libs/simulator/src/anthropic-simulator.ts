import { SimulatedBatches } from './anthropic-batches.js';
import { ANTHROPIC_DIALECT } from './anthropic-dialect.js';
import { type AnthropicCheckOptions, credentialFailure, messagesBodyFailure } from './anthropic-request-checks.js';
import { type AnthropicResources, isUpload, serveResource } from './anthropic-resources.js';
import type { BehaviourQueue } from './behaviour-queue.js';
import { answer, type BehaviourChoice, type Failure } from './behaviours.js';
import { readBody } from './http-recording.js';
import { createId } from './message-events.js';
import { playBehaviour, sendJson } from './play-behaviour.js';
import { type SimulatedOrganization, SimulatedOrganizations } from './simulated-organizations.js';
import type { ListenOptions, SimulatedExchange } from './simulated-server.js';
import { type Simulator, startSimulator } from './simulator.js';

/** Settings of the simulated Anthropic. All are optional. */
export interface AnthropicSimulatorOptions extends ListenOptions, Partial<AnthropicCheckOptions> {
  readonly defaultBehaviour?: BehaviourChoice;
  /** Size of the content of every file. Default 1 MB. */
  readonly fileBytes?: number;
  /** Keys with their organizations, limits and prompt caches. Every other key is refused. */
  readonly organizations?: readonly SimulatedOrganization[];
}

/** A running simulated Anthropic. `url` is the base URL for clients. */
export interface AnthropicSimulator extends Simulator {
  readonly organizations: SimulatedOrganizations;
}

const DEFAULT_FILE_BYTES = 1_000_000;

interface AnthropicSettings {
  readonly checks: AnthropicCheckOptions;
  readonly resources: AnthropicResources;
  /** Undefined: every key belongs to one organization without limits. */
  readonly organizations: SimulatedOrganizations | undefined;
}

/** Starts an Anthropic API on a loopback socket: scripted Messages and the other endpoints. */
export async function startAnthropicSimulator(options: AnthropicSimulatorOptions = {}): Promise<AnthropicSimulator> {
  const organizations = new SimulatedOrganizations(options.organizations ?? []);
  const {
    isStrict = true,
    knownCredentials = options.organizations && organizations.keys,
    fileBytes = DEFAULT_FILE_BYTES,
    defaultBehaviour,
    ...listenOptions
  } = options;
  const settings: AnthropicSettings = {
    checks: { isStrict, ...(knownCredentials && { knownCredentials }) },
    resources: { batches: new SimulatedBatches(), fileBytes },
    organizations: options.organizations && organizations,
  };
  const simulator = await startSimulator(
    (exchange, queue) => serve(exchange, queue, settings),
    () => createId('req_011'),
    { ...listenOptions, initialBehaviour: defaultBehaviour ?? answer() },
  );
  return { ...simulator, organizations };
}

async function serve(received: SimulatedExchange, queue: BehaviourQueue, settings: AnthropicSettings): Promise<void> {
  const { request, recorded } = received;
  const { organizations } = settings;
  const exchange = organizations ? { ...received, ownerHeaders: organizations.headersFor(recorded) } : received;
  if (!isUpload(exchange)) recorded.bodyComplete(await readBody(request));
  const scripted = queue.takeForPath(recorded);
  if (scripted) return playBehaviour(scripted, exchange, ANTHROPIC_DIALECT);
  if (recorded.pathname.endsWith('/api/hello')) return sendJson(exchange, ANTHROPIC_DIALECT, { message: 'hello' });
  const unauthorized = credentialFailure(recorded, settings.checks);
  if (unauthorized) return refuseWith(unauthorized, exchange);
  if (!isMessages(exchange)) return serveResource(exchange, settings.resources);
  const invalid = messagesBodyFailure(recorded, settings.checks);
  if (invalid) return refuseWith(invalid, exchange);
  const planned = queue.take(recorded);
  const behaviour = organizations ? organizations.behaviourFor(recorded, planned) : planned;
  await playBehaviour(behaviour, exchange, ANTHROPIC_DIALECT);
}

function isMessages({ recorded }: SimulatedExchange): boolean {
  return recorded.method === 'POST' && recorded.pathname.endsWith('/v1/messages');
}

function refuseWith(failure: Failure, exchange: SimulatedExchange): Promise<void> {
  return playBehaviour({ kind: 'refusal', failure }, exchange, ANTHROPIC_DIALECT);
}
