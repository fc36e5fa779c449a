import type { RequestDetail } from '@claude-proxy/admin-api';
import { useSettings } from '../texts/settings.js';
import { colourOfUpstream, nameOfUpstream } from '../upstreams.js';
import { type Segment, segmentsOf } from './time-bar.js';

/** Where the time of an exchange went, to scale; the list below says the same in words. */
export function TimeBar({ detail }: { readonly detail: RequestDetail }) {
  const { texts, format } = useSettings();
  const segments = segmentsOf(detail);
  const labelOf = ({ kind, upstream }: Segment) =>
    [upstream === null ? '' : nameOfUpstream(upstream, texts), texts.story.segments[kind]].filter(Boolean).join(' ');
  const classOf = ({ kind, upstream, hasFailed }: Segment) =>
    `is-${kind} of-${upstream === null ? 'gateway' : colourOfUpstream(upstream)}${hasFailed ? ' has-failed' : ''}`;
  return (
    <div class="time-bar">
      <div class="time-bar-track" aria-hidden="true">
        {segments.map((segment, index) => (
          <i
            key={index}
            class={classOf(segment)}
            style={{ flexGrow: String(segment.ms) }}
            title={`${labelOf(segment)}: ${format.milliseconds(segment.ms)}`}
          />
        ))}
      </div>
      <ul>
        {segments.map((segment, index) => (
          <li key={index}>
            <i class={`swatch ${classOf(segment)}`} aria-hidden="true" />
            {labelOf(segment)}
            <span class="muted">{format.milliseconds(segment.ms)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
