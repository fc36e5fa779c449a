import { BodyMasker, SseRestorer } from '../../dist/libs/masking/src/index.js';

const ROUNDS = 15;
const EVENTS = 1_000;
const MESSAGES = 100;
const MESSAGE_CHARACTERS = 3_900;
const OPTIONS = { hasAddresses: false };
const WORDS = 'the router walks the chain of upstreams, and `state.failures.set(name, { error })` is kept for later. ';
const IDENTIFIERS = ['arn:aws:iam::204813579264:role/ci-deployer', 'vpc-0a1b2c3d4e5f60718', 's3://acme-prod-logs/x'];

/** Time of masking a conversation of 400 KB with 30 identifiers, and of restoring an event without one. Medians. */
export function maskingCosts() {
  const body = conversation();
  const cold = [];
  const seen = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const masker = new BodyMasker(Buffer.alloc(32, round), OPTIONS);
    cold.push(timed(() => masker.mask(body)));
    seen.push(timed(() => masker.mask(body)));
  }
  return { coldMs: median(cold), seenMs: median(seen), eventMicroseconds: eventMicroseconds(body) };
}

function conversation() {
  const text = WORDS.repeat(Math.ceil(MESSAGE_CHARACTERS / WORDS.length)).slice(0, MESSAGE_CHARACTERS);
  const messages = Array.from({ length: MESSAGES }, (_, index) => ({
    role: index % 2 ? 'assistant' : 'user',
    content: [{ type: 'text', text: `${index} ${text} ${index % 3 ? '' : IDENTIFIERS[(index / 3) % 3]}` }],
  }));
  return Buffer.from(JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 64, messages }));
}

function eventMicroseconds(body) {
  const { map } = new BodyMasker(Buffer.alloc(32), OPTIONS).mask(body);
  const event = Buffer.from(
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"twelve bytes"}}\n\n',
  );
  const rounds = Array.from({ length: ROUNDS }, () => {
    const restorer = new SseRestorer(map, OPTIONS, { restored: new Map(), left: 0 });
    return timed(() => {
      for (let index = 0; index < EVENTS; index += 1) restorer.write(event);
    });
  });
  return (median(rounds) * 1_000) / EVENTS;
}

/** CPU of this thread, which a busy machine does not change. */
function timed(work) {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
