import { BehaviourQueue } from './behaviour-queue.js';
import type { BehaviourChoice } from './behaviours.js';
import type { RecordedRequest } from './http-recording.js';
import { type ListenOptions, type SimulatedExchange, SimulatedServer } from './simulated-server.js';

/** The interface of both simulators for tests. */
export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** All requests in order of arrival. Each entry exists from the moment its headers were read. */
  readonly requests: readonly RecordedRequest[];
  /** Resolves with the request of this index once it has arrived completely. */
  requestAt(index: number): Promise<RecordedRequest>;
  /** Queues behaviors. Each model request takes the next one. */
  script(...behaviours: BehaviourChoice[]): void;
  /** Queues behaviors for requests to exactly this path (`/v1/models`, `/api/hello` ...). */
  scriptAt(pathname: string, ...behaviours: BehaviourChoice[]): void;
  /** The behavior for an empty queue. Initially a valid answer. */
  setDefault(behaviour: BehaviourChoice): void;
  /** Clears the recorded requests, the queues and the default. */
  reset(): void;
  /** Closes the server and all connections. */
  close(): Promise<void>;
}

/** Starts a server that handles requests with a queue of behaviors. */
export async function startSimulator(
  handle: (exchange: SimulatedExchange, queue: BehaviourQueue) => Promise<void>,
  createRequestId: () => string,
  { initialBehaviour, ...listenOptions }: ListenOptions & { readonly initialBehaviour: BehaviourChoice },
): Promise<Simulator> {
  const queue = new BehaviourQueue(initialBehaviour);
  const server = new SimulatedServer((exchange) => handle(exchange, queue), createRequestId);
  const url = await server.listen(listenOptions);
  return {
    url,
    port: server.port,
    requests: server.requests,
    requestAt: (index) => server.requestAt(index),
    script: (...behaviours) => queue.script(behaviours),
    scriptAt: (pathname, ...behaviours) => queue.scriptAt(pathname, behaviours),
    setDefault: (behaviour) => queue.setDefault(behaviour),
    reset: () => {
      server.requests.length = 0;
      queue.reset();
    },
    close: () => server.close(),
  };
}
