import { BodyMasker, SseRestorer } from '../../dist/libs/masking/src/index.js';

const ROUNDS = 20;
const EVENTS = 1_000;
const MESSAGES = 100;
const MESSAGE_CHARACTERS = 3_900;
const OPTIONS = { hasAddresses: false };
const WORDS = 'the router walks the chain of upstreams, and `state.failures.set(name, { error })` is kept for later. ';
const CODE = `    12\tconst { status } = await fetch(\`\${base_url}/v1/messages?limit=20\`, { method: "POST" });\n    13\tif (status >= 400) throw new Error('E2BIG: ' + status);\n`;
const IDENTIFIERS = ['arn:aws:iam::204813579264:role/ci-deployer', 'vpc-0a1b2c3d4e5f60718', 's3://acme-prod-logs/x'];

/**
 * Milliseconds of masking a conversation of 400 KB with 30 identifiers, of masking it again, and of parsing and printing it for
 * comparison; microseconds of restoring an event without a placeholder.
 */
export function maskingCosts() {
  const body = conversation();
  const maskers = Array.from({ length: 2 * ROUNDS }, (_, round) => new BodyMasker(Buffer.alloc(32, round), OPTIONS));
  const [warmUp, measured] = [maskers.slice(0, ROUNDS), maskers.slice(ROUNDS)];
  for (const masker of warmUp) masker.mask(body);
  const msOf = (act) => {
    const ms = timed(() => {
      for (const masker of measured) act(masker);
    });
    return ms / ROUNDS;
  };
  return {
    coldMs: msOf((masker) => masker.mask(body)),
    seenMs: msOf((masker) => masker.mask(body)),
    parsedMs: msOf(() => JSON.stringify(JSON.parse(String(body)))),
    eventMicroseconds: eventMicroseconds(body),
  };
}

/** Prose of a model, and files that its tools have read, by turns. */
function conversation() {
  const messages = Array.from({ length: MESSAGES }, (_, index) => {
    const piece = index % 2 ? WORDS : CODE;
    const text = piece.repeat(Math.ceil(MESSAGE_CHARACTERS / piece.length)).slice(0, MESSAGE_CHARACTERS);
    return {
      role: index % 2 ? 'assistant' : 'user',
      content: [{ type: 'text', text: `${index} ${text} ${index % 3 ? '' : IDENTIFIERS[(index / 3) % 3]}` }],
    };
  });
  return Buffer.from(JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 64, messages }));
}

function eventMicroseconds(body) {
  const { map } = new BodyMasker(Buffer.alloc(32), OPTIONS).mask(body);
  const event = Buffer.from(
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"twelve bytes"}}\n\n',
  );
  const restoreAll = () => {
    const restorer = new SseRestorer(map, OPTIONS, { restored: new Map(), left: 0 });
    for (let index = 0; index < EVENTS; index += 1) restorer.write(event);
  };
  restoreAll();
  const rounds = timed(() => {
    for (let round = 0; round < ROUNDS; round += 1) restoreAll();
  });
  return (rounds * 1_000) / (ROUNDS * EVENTS);
}

/** CPU of this thread, which a busy machine changes little. Its clock is coarse, so many rounds are measured at once. */
function timed(work) {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
