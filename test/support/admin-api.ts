import { AdminToken } from '../../apps/proxy/src/auth/admin-token.js';
import { ExchangeFeed } from '../../apps/proxy/src/exchange/exchange-feed.js';
import { Recorder } from '../../apps/proxy/src/recording/recorder.js';
import type { RunningGateway } from './start-gateway.js';

/** The admin API of a gateway, called with its own admin token. */
export function adminApi(gateway: () => RunningGateway) {
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('x-admin-token', adminTokenOf(gateway()));
    const response = await fetch(`${gateway().url}${path}`, { ...init, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
  return {
    ask,
    post: (path: string, body: unknown) => ask(path, { method: 'POST', body: JSON.stringify(body) }),
    /** Resolves once all requests are in the store. */
    async written() {
      await ended(gateway());
      await gateway().app.get(Recorder).flush();
    },
    ended: () => ended(gateway()),
  };
}

/** The value of `ADMIN_TOKEN`, else the token that the gateway created in its data directory. */
export function adminTokenOf({ app }: Pick<RunningGateway, 'app'>): string {
  return app.get(AdminToken).reveal();
}

/** A client gets its last byte shortly before the exchange is finished. */
async function ended({ app }: RunningGateway): Promise<void> {
  const feed = app.get(ExchangeFeed);
  for (let turns = 0; turns < 10_000 && feed.inFlight > 0; turns += 1) await new Promise(setImmediate);
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
function parsed(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
