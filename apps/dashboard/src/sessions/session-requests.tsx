import type { SessionDetail, SessionRequest } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { Moment } from '../parts/moment.js';
import { UpstreamChip } from '../parts/upstream-chip.js';
import { hashOf, type Route } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { cachedShareOf, promptTokensOf } from './session-figures.js';

/** Two thousand rows are seldom read, and are slow on a phone. */
const SHOWN = 100;

interface SessionRequestsProps {
  readonly detail: SessionDetail;
  readonly route: Route;
}

/** The requests on a line, the last one first. */
export function SessionRequests({ detail, route }: SessionRequestsProps) {
  const { texts, format } = useSettings();
  const words = texts.sessions;
  const [isWhole, setWhole] = useState(false);
  const newest = detail.items.toReversed();
  const shown = isWhole ? newest : newest.slice(0, SHOWN);
  const { open: _open, ...query } = Object.fromEntries(route.query);
  return (
    <section class="panel is-table" aria-labelledby="session-requests">
      <h2 id="session-requests">{words.requestsTitle}</h2>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">{words.time}</th>
            <th scope="col" class="middle-cell">
              {words.conversation}
            </th>
            <th scope="col" class="wide-cell">
              {texts.requests.upstream}
            </th>
            <th scope="col" class="number wide-cell">
              {words.messages}
            </th>
            <th scope="col" class="number">
              {words.tokensOfContext}
            </th>
            <th scope="col" class="number">
              {words.cacheHits}
            </th>
            <th scope="col" class="number middle-cell">
              {words.cost}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((request) => (
            <Row
              key={request.id}
              request={request}
              href={hashOf(route.page, route.argument, { ...query, open: request.id })}
            />
          ))}
        </tbody>
      </table>
      {(shown.length < newest.length || detail.has_more) && (
        <p class="panel-foot">
          {shown.length < newest.length && (
            <button type="button" class="button" onClick={() => setWhole(true)}>
              {words.showAll(format.integer(newest.length))}
            </button>
          )}
          {detail.has_more && ` ${words.truncated}`}
        </p>
      )}
    </section>
  );
}

function Row({ request, href }: { readonly request: SessionRequest; readonly href: string }) {
  const { texts, format } = useSettings();
  const words = texts.sessions;
  const note = request.prompt_cache;
  const share = cachedShareOf(request);
  const context = promptTokensOf(request);
  return (
    <tr>
      <th scope="row">
        <a class="stretch" href={href}>
          <Moment time={request.started_at} />
        </a>
        {note?.cache_break && <span class="sub is-line">{words.reasonOf(note.cache_break.reason)}</span>}
        {note?.begins === 'restarted' && <span class="sub is-line">{words.restarted}</span>}
      </th>
      <td class="middle-cell">{note ? `${words.role[note.role]} ${note.conversation}` : texts.unit.none}</td>
      <td class="wide-cell">
        <UpstreamChip name={request.upstream} />
      </td>
      <td class="number wide-cell">{note ? format.integer(note.messages) : texts.unit.none}</td>
      <td class="number">{context === 0 ? texts.unit.none : format.compact(context)}</td>
      <td class="number">{share === null ? texts.unit.none : format.percent(share)}</td>
      <td class="number middle-cell">
        {request.cost_usd === null ? texts.unit.none : format.usdOfRequest(request.cost_usd)}
      </td>
    </tr>
  );
}
