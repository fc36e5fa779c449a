import { JsonView } from '@claude-proxy/messages-api';
import { walkTextStrings } from './json-strings.js';
import type { MaskMap } from './mask-map.js';
import type { MaskOptions } from './text-masker.js';
import { restoredText } from './text-restorer.js';
import type { RestoreCounts } from './text-stream.js';

/** A whole JSON text with its originals: a message, an error, a line of results. The same buffer if nothing was restored. */
export function restoredJson(bytes: Buffer, map: MaskMap, options: MaskOptions, counts: RestoreCounts): Buffer {
  if (map.isEmpty) return bytes;
  let result = bytes;
  walkTextStrings(JsonView.of(bytes), ({ start, end, before }) => {
    const text = bytes.toString('latin1', start, end);
    const { text: restored, restored: done, left } = restoredText(text, map, options, before);
    counts.left += left.length;
    for (const { rule } of done) counts.restored.set(rule, (counts.restored.get(rule) ?? 0) + 1);
    if (done.length === 0) return;
    if (result === bytes) result = Buffer.from(bytes);
    result.write(restored, start, 'latin1');
  });
  return result;
}
