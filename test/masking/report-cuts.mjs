import { BodyMasker, FORMS, SseRestorer } from '../../dist/libs/masking/src/index.js';

const CUTS = 100_000;
const MAX_CHARACTERS = 45;
const OPTIONS = { hasAddresses: true };

/** M3: the text that a client gets does not depend on where its stream is cut. Returns how many cuts differ. */
export function reportCuts(say) {
  say('\n## Streams\n');
  const examples = FORMS.flatMap(({ examples: each }) => each).filter(({ length }) => length < MAX_CHARACTERS);
  const body = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: examples.join('\n') }] }));
  const masked = new BodyMasker(Buffer.alloc(32, 1), OPTIONS).mask(body);
  const texts = JSON.parse(String(masked.body)).messages[0].content.split('\n');
  let differing = 0;
  let count = 0;
  for (let index = 0; count < CUTS; index += 1) {
    const said = `"${texts[index % texts.length]}", ${texts[(index * 7 + 1) % texts.length]}.`;
    const whole = restored(masked.map, [said]);
    for (let first = 1; first < said.length && count < CUTS; first += 3) {
      for (let second = first + 1; second < said.length; second += 3) {
        count += 1;
        const pieces = [said.slice(0, first), said.slice(first, second), said.slice(second)];
        if (restored(masked.map, pieces) !== whole) differing += 1;
      }
    }
  }
  say(`- ${count} ways to cut a stream in three: ${differing} give another text`);
  return differing;
}

function restored(map, pieces) {
  const restorer = new SseRestorer(map, OPTIONS, { restored: new Map(), left: 0 });
  const events = pieces.map((text) => deltaOf(text)).join('');
  const out = `${restorer.write(Buffer.from(events))}${restorer.end()}`;
  return [...out.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data).delta.text).join('');
}

function deltaOf(text) {
  const event = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
  return `event: content_block_delta\ndata: ${JSON.stringify(event)}\n\n`;
}
