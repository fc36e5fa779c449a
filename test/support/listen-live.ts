import type { LiveEvent, OperatorEvent } from '@claude-proxy/admin-api';
import { AdminClient } from '@claude-proxy/admin-client';
import { adminTokenOf } from './admin-api.js';
import { eventually } from './recorded.js';
import type { RunningGateway } from './start-gateway.js';

/** Reads the live feed of a gateway as an operator. Resolves once the feed is open. */
export async function listenLive(gateway: RunningGateway) {
  const end = new AbortController();
  const client = new AdminClient({ baseUrl: gateway.url, token: adminTokenOf(gateway) });
  const events: LiveEvent[] = [];
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const feed = client.live({ signal: end.signal, onState: (state) => state === 'open' && open() });
  const reading = (async () => {
    for await (const event of feed) events.push(event);
  })().catch(() => undefined);
  await opened;
  const operatorEvents = (subject: string): OperatorEvent[] =>
    events.flatMap((event) => (event.type === 'event' && event.event.subject === subject ? [event.event] : []));
  return {
    events,
    /** Those about a subject, as soon as there are so many. */
    operatorEvents: (subject: string, count: number) =>
      eventually(
        async () => operatorEvents(subject),
        ({ length }) => length >= count,
      ),
    async close() {
      end.abort();
      await reading;
    },
  };
}
