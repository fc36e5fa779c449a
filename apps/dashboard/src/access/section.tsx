import type { ComponentChildren } from 'preact';
import type { Polled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly of: Pick<Polled<unknown>, 'error' | 'updatedAt' | 'refresh'>;
  /** The result of the last act. */
  readonly message: string;
  readonly children: ComponentChildren;
}

/** A list of the page with its heading, its age, and what the last act has done. */
export function Section({ id, title, lead, of, message, children }: SectionProps) {
  return (
    <section class="panel is-table" aria-labelledby={id}>
      <div class="bar">
        <h2 id={id}>{title}</h2>
        <Freshness of={of} />
      </div>
      <p class="lead">{lead}</p>
      <p class={message ? 'notice' : 'unseen'} role="status">
        {message}
      </p>
      {children}
    </section>
  );
}
