import type { RequestDetail } from '@claude-proxy/admin-api';
import type { ComponentChildren } from 'preact';
import { TOKEN_KINDS } from '../overview/overview-charts.js';
import { Moment } from '../parts/moment.js';
import { UpstreamChip } from '../parts/upstream-chip.js';
import { useFirstChoice } from '../readiness.js';
import { hashOf } from '../route.js';
import { LostOf } from '../sessions/session-breaks.js';
import { useSettings } from '../texts/settings.js';
import { StatusBadge } from './request-table.js';
import { storyOf } from './story.js';
import { TimeBar } from './time-bar-figure.js';

/** An exchange told in sentences, with its figures below. Never a prompt or an answer. */
export function RequestStory({ detail }: { readonly detail: RequestDetail }) {
  const { texts, format } = useSettings();
  const { story } = texts;
  const firstChoice = useFirstChoice();
  return (
    <div class="story">
      <p class="story-head">
        <UpstreamChip name={detail.upstream} />
        <StatusBadge line={detail} />
        {detail.is_drill && <span class="tag">{texts.requests.drill}</span>}
        <span class="muted">
          <Moment time={detail.started_at} isLong />
        </span>
      </p>
      <ol class="sentences">
        {storyOf(detail, texts, format, firstChoice).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ol>
      {detail.prompt_cache?.cache_break && (
        <section>
          <h3>{texts.sessions.breaks}</h3>
          <p>
            {texts.sessions.broken(texts.sessions.reasonOf(detail.prompt_cache.cache_break.reason))}{' '}
            <LostOf found={detail.prompt_cache.cache_break} />
          </p>
        </section>
      )}
      {detail.error && (
        <section>
          <h3>{story.error}</h3>
          <p class="error-text">{detail.error}</p>
        </section>
      )}
      <section>
        <h3>{story.timeBar}</h3>
        <TimeBar detail={detail} />
      </section>
      <section>
        <h3>{story.tokens}</h3>
        <dl class="facts is-numbers">
          {TOKEN_KINDS.map(({ key }) => (
            <Fact key={key} name={texts.tokenKinds[key]}>
              {format.integer(detail[key])}
            </Fact>
          ))}
          <Fact name={texts.requests.cost}>
            {detail.cost_usd === null ? <Unpriced detail={detail} /> : format.usd(detail.cost_usd)}
          </Fact>
        </dl>
      </section>
      <Attempts detail={detail} />
      <Technicalities detail={detail} />
    </div>
  );
}

/** What was refused used nothing, so there was nothing to have a price. */
function Unpriced({ detail }: { readonly detail: RequestDetail }) {
  const { unit } = useSettings().texts;
  return <>{detail.usage === null ? unit.none : unit.unpriced}</>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Attempts({ detail }: { readonly detail: RequestDetail }) {
  const { texts, format } = useSettings();
  if (!detail.attempts.some(({ failure }) => failure !== null)) return null;
  return (
    <section>
      <h3>{texts.story.fields.attempts}</h3>
      <ol class="attempts">
        {detail.attempts.map((attempt, index) => (
          <li key={index}>
            <UpstreamChip name={attempt.upstream} />
            <span class="muted">{format.milliseconds(attempt.duration_ms)}</span>
            <span>{[attempt.status, attempt.failure].filter((part) => part !== null).join(' · ')}</span>
            {attempt.reason && <p class="reason">{attempt.reason}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Technicalities({ detail }: { readonly detail: RequestDetail }) {
  const { texts, format } = useSettings();
  const { fields } = texts.story;
  const { none } = texts.unit;
  return (
    <section>
      <h3>{texts.story.technical}</h3>
      <dl class="facts">
        <Fact name={texts.users.user}>
          <a href={hashOf('users', detail.user)}>{detail.user}</a>
        </Fact>
        <Fact name={texts.requests.model}>{detail.model ?? none}</Fact>
        {detail.session !== null && (
          <Fact name={texts.sessions.session}>
            <a href={hashOf('sessions', detail.session, { user: detail.user })}>{detail.session}</a>
          </Fact>
        )}
        <Fact name={fields.path}>{detail.path}</Fact>
        <Fact name={fields.outcome}>{texts.outcomes[detail.outcome]}</Fact>
        <Fact name={fields.stop_reason}>{detail.stop_reason ?? none}</Fact>
        <Fact name={fields.firstByte}>
          {detail.first_byte_ms === null ? none : format.milliseconds(detail.first_byte_ms)}
        </Fact>
        <Fact name={fields.total}>{format.milliseconds(detail.duration_ms)}</Fact>
        <Fact name={fields.sizes}>
          {format.bytes(detail.request_bytes)} / {format.bytes(detail.answer_bytes)}
        </Fact>
        {detail.account !== null && <Fact name={fields.account}>{detail.account}</Fact>}
        {detail.decision !== null && <Fact name={fields.decision}>{detail.decision.sentence}</Fact>}
        <Fact name={fields.credential}>{detail.credential_fingerprint ?? none}</Fact>
        <Fact name={fields.upstream_request_id}>{detail.upstream_request_id ?? none}</Fact>
        <Fact name={fields.id}>{detail.id}</Fact>
      </dl>
      {detail.masking && (
        <details>
          <summary>{texts.pages.masking}</summary>
          <pre>{JSON.stringify(detail.masking, null, 2)}</pre>
        </details>
      )}
      {detail.usage && (
        <details>
          <summary>{texts.story.usage}</summary>
          <pre>{JSON.stringify(detail.usage, null, 2)}</pre>
        </details>
      )}
    </section>
  );
}
