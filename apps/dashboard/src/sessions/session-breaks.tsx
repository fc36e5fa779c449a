import type { CacheBreak, SessionDetail, SessionRequest } from '@claude-proxy/admin-api';
import { Moment } from '../parts/moment.js';
import { hashOf, type Route } from '../route.js';
import { useSettings } from '../texts/settings.js';

interface SessionBreaksProps {
  readonly detail: SessionDetail;
  readonly route: Route;
}

/** Each cache break with its reason and its price, the last one first. */
export function SessionBreaks({ detail, route }: SessionBreaksProps) {
  const { texts } = useSettings();
  const words = texts.sessions;
  const broken = detail.items.filter(({ prompt_cache }) => prompt_cache?.cache_break).reverse();
  const isCompared = detail.items.some(({ prompt_cache }) => prompt_cache !== null);
  return (
    <section class="panel" aria-labelledby="breaks">
      <h2 id="breaks">{words.breaksTitle}</h2>
      {broken.length === 0 ? (
        <p class="lead">{isCompared ? words.noBreaks : words.notCompared}</p>
      ) : (
        <ol class="attempts">
          {broken.map((request) => (
            <li key={request.id}>
              <Break request={request} route={route} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Break({ request, route }: { readonly request: SessionRequest; readonly route: Route }) {
  const { texts } = useSettings();
  const words = texts.sessions;
  const note = request.prompt_cache!;
  const found = note.cache_break!;
  const { open: _open, ...query } = Object.fromEntries(route.query);
  return (
    <>
      <a href={hashOf(route.page, route.argument, { ...query, open: request.id })} title={words.open}>
        <Moment time={request.started_at} />
      </a>
      <strong>{words.reasonOf(found.reason)}</strong>
      <p class="reason">
        <LostOf found={found} />
        {found.also.length > 0 &&
          ` ${words.also([...new Set(found.also.map((kind) => words.kinds[kind]))].join(', '))}.`}
        {note.has_unseen_requests && ` ${words.unseen}`}
      </p>
    </>
  );
}

export function LostOf({ found }: { readonly found: CacheBreak }) {
  const { texts, format } = useSettings();
  const tokens = format.integer(found.lost_tokens);
  const { lostOf, lostUnpriced } = texts.sessions;
  return <>{found.lost_usd === null ? lostUnpriced(tokens) : lostOf(tokens, format.usd(found.lost_usd))}.</>;
}
