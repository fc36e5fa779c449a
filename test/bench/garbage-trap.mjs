/** Loaded before the gateway by `npm run bench -- --only garbage --trap`: keeps every request and answer for a second. */
import { subscribe } from 'node:diagnostics_channel';

const KEPT_MS = 1_000;
const kept = new Map();
let count = 0;

subscribe('http.server.request.start', ({ request, response }) => {
  const key = count;
  count += 1;
  kept.set(key, { request, response, copy: Array.from({ length: 4_000 }, (_, index) => ({ index })) });
  setTimeout(() => kept.delete(key), KEPT_MS).unref();
});
