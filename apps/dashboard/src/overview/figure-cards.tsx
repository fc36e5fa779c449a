import type { Analytics, Figures } from '@claude-proxy/admin-api';
import type { Format } from '../format/create-format.js';
import { useFirstChoice } from '../readiness.js';
import type { Texts } from '../texts/en.js';
import { useSettings } from '../texts/settings.js';
import { nameOfUpstream } from '../upstreams.js';

interface CardProps {
  readonly label: string;
  readonly value: string;
  /** The exact number behind a rounded one. */
  readonly title?: string;
  readonly sub: string;
  readonly tone?: 'bedrock' | 'trouble';
}

function Card({ label, value, title, sub, tone }: CardProps) {
  return (
    <div class={`card${tone ? ` is-${tone}` : ''}`}>
      <dt>{label}</dt>
      <dd>
        <strong title={title}>{value}</strong>
        <small>{sub}</small>
      </dd>
    </div>
  );
}

/** The figures of the range. */
export function FigureCards({ analytics }: { readonly analytics: Analytics }) {
  const { texts, format } = useSettings();
  const { totals } = analytics;
  const { overview, unit } = texts;
  const tokens = totals.all_tokens;
  const share = (part: number) => (totals.requests === 0 ? unit.none : format.percent(part / totals.requests));
  return (
    <dl class="cards">
      <Card
        label={overview.requests}
        value={format.compact(totals.requests)}
        title={format.integer(totals.requests)}
        sub={`${overview.answers(format.integer(totals.answers))}, ${overview.lastHour(format.integer(analytics.requests_last_hour))}`}
      />
      <FallbackCard analytics={analytics} share={share(totals.fallbacks)} />
      <Card
        label={overview.errors}
        value={share(totals.errors)}
        sub={errorsOf(totals, texts, format)}
        {...(totals.errors > totals.caller_errors ? { tone: 'trouble' as const } : {})}
      />
      <Card
        label={overview.firstByte}
        value={totals.first_byte_ms ? format.milliseconds(totals.first_byte_ms.p50) : unit.none}
        sub={
          totals.first_byte_ms ? overview.firstByteSub(format.milliseconds(totals.first_byte_ms.p95)) : unit.noAnswer
        }
      />
      <Card
        label={overview.tokens}
        value={format.compact(tokens)}
        title={format.integer(tokens)}
        sub={overview.inOut(format.compact(tokens - totals.output_tokens), format.compact(totals.output_tokens))}
      />
      <CostCard totals={totals} />
      <Card
        label={overview.cacheHits}
        value={totals.cache_hit_share === null ? unit.none : format.percent(totals.cache_hit_share)}
        sub={overview.cacheHint}
      />
      <Card label={overview.inFlight} value={format.integer(analytics.in_flight)} sub={overview.inFlightSub} />
    </dl>
  );
}

interface FallbackCardProps {
  readonly analytics: Analytics;
  readonly share: string;
}

/** By which upstreams, whichever those are. */
function FallbackCard({ analytics: { totals, by_upstream }, share }: FallbackCardProps) {
  const { texts, format } = useSettings();
  const firstChoice = useFirstChoice();
  const others = Object.entries(by_upstream).filter(([name]) => name !== firstChoice && name !== 'none');
  const parts = others.map(([name, { requests }]) =>
    texts.limits.by(format.integer(requests), nameOfUpstream(name, texts)),
  );
  const isBedrock = others.length === 1 && others[0]![0] === 'bedrock';
  return (
    <Card
      label={texts.overview.fallbacks}
      value={share}
      sub={parts.join(' · ') || texts.unit.requests(totals.fallbacks, format.integer(totals.fallbacks))}
      {...(isBedrock && totals.fallbacks > 0 ? { tone: 'bedrock' as const } : {})}
    />
  );
}

/** How many, and how many of them are for the callers to mend. */
function errorsOf({ errors, caller_errors }: Figures, { overview, unit }: Texts, format: Format): string {
  const all = unit.requests(errors, format.integer(errors));
  return caller_errors === 0 ? all : `${all}, ${overview.callers(format.integer(caller_errors))}`;
}

function CostCard({ totals }: { readonly totals: Figures }) {
  const { texts, format } = useSettings();
  const { cost_usd, unpriced_requests, answers } = totals;
  const priced = answers - unpriced_requests;
  const sub =
    unpriced_requests > 0
      ? texts.overview.unpriced(unpriced_requests, format.integer(unpriced_requests))
      : texts.overview.perAnswer(format.usd(priced > 0 ? (cost_usd ?? 0) / priced : 0));
  return <Card label={texts.overview.cost} value={costText(totals, texts, format)} sub={sub} />;
}

/** A sum that lacks a part says so. Without any price there is not a number to show. */
function costText({ cost_usd, unpriced_requests }: Figures, texts: Texts, format: Format): string {
  if (cost_usd === null) return texts.unit.none;
  return unpriced_requests > 0 ? `≥ ${format.usd(cost_usd)}` : format.usd(cost_usd);
}
