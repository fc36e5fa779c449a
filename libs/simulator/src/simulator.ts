import { BehaviourQueue } from './behaviour-queue.js';
import type { BehaviourChoice } from './behaviours.js';
import type { RecordedRequest } from './http-recording.js';
import { type ListenOptions, type SimulatedExchange, SimulatedServer } from './simulated-server.js';

/** What both simulators offer a test. */
export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** Everything that arrived, in order; each entry is there from the moment its headers were read. */
  readonly requests: readonly RecordedRequest[];
  /** The request with this index, once it has arrived completely. */
  requestAt(index: number): Promise<RecordedRequest>;
  /** Queues behaviours; each model request takes the next one. */
  script(...behaviours: BehaviourChoice[]): void;
  /** Queues behaviours for requests to exactly this path, whatever it is (`/v1/models`, `/api/hello` ...). */
  scriptAt(pathname: string, ...behaviours: BehaviourChoice[]): void;
  /** What happens when the queue is empty; a faithful answer unless set. */
  setDefault(behaviour: BehaviourChoice): void;
  /** Forgets the recorded requests, the queues and the default. */
  reset(): void;
  /** Closes the server and every connection. */
  close(): Promise<void>;
}

/** Starts a server whose requests are handled with a queue of behaviours. */
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
