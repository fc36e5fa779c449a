import type { UpstreamAnswer } from '@claude-proxy/upstream';
import { Injectable, Logger } from '@nestjs/common';
import { Exchange } from '../exchange/exchange.js';
import { ExchangeFeed } from '../exchange/exchange-feed.js';
import { GatewayError } from '../exchange/gateway-error.js';
import { WatchedBody } from '../http/watched-body.js';
import { isReadable, wholeBodyOf, withBody } from '../http/whole-answer.js';
import { CostService } from '../prices/cost.service.js';
import { storeUnavailable } from '../state/store-unavailable.js';
import { BatchResults } from './batch-results.js';
import { ObjectMakers } from './object-makers.js';
import type { ObjectRequest } from './object-path.js';

/** Each is looked up; a request has 20 skills and a few hundred files at most. */
const MAX_QUOTED_IDS = 1_000;

interface AnswerOptions {
  /** How many objects the caller wants on a page. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** The id of the account that was asked. */
  readonly account: string | undefined;
}

interface ObjectPage {
  /** Skills of Anthropic have a `source` and are for everyone. */
  readonly data: readonly { readonly id?: unknown; readonly source?: unknown }[];
  readonly has_more?: boolean;
}

/**
 * Batches, files and skills that were made with the operator's key: Anthropic takes all callers for one, so the gateway
 * keeps them apart. Each belongs to the user that made it; what a batch has used is counted when its results are read.
 */
@Injectable()
export class OperatorObjects {
  private readonly logger = new Logger(OperatorObjects.name);

  constructor(
    private readonly makers: ObjectMakers,
    private readonly feed: ExchangeFeed,
    private readonly costs: CostService,
  ) {}

  /** @throws GatewayError not_found_error for an object that another user has made */
  async expectOwn({ id }: ObjectRequest, user: string): Promise<void> {
    if (id !== undefined) await this.expectOwnId(id, user);
  }

  /**
   * Files and skills that a request names in its body. Anthropic would read them for any user of the operator's key.
   *
   * @throws GatewayError not_found_error for one that another user has made, invalid_request_error for too many
   */
  async expectOwnAll(ids: readonly string[], user: string): Promise<void> {
    if (ids.length > MAX_QUOTED_IDS) {
      const message = `A request may name at most ${MAX_QUOTED_IDS} files and skills.`;
      throw new GatewayError({ type: 'invalid_request_error', message });
    }
    await Promise.all(ids.map((id) => this.expectOwnId(id, user)));
  }

  private async expectOwnId(id: string, user: string): Promise<void> {
    const maker = await this.makers.makerOf(id).catch(storeUnavailable);
    if (maker === undefined || maker === user) return;
    throw new GatewayError({ type: 'not_found_error', message: `Not found: ${JSON.stringify(id.slice(0, 80))}.` });
  }

  /**
   * What this user gets of an answer.
   *
   * @throws GatewayError api_error where a list cannot be read
   */
  async answerFor(
    answer: UpstreamAnswer,
    request: ObjectRequest,
    { user, path }: Exchange,
    { limit, signal, account }: AnswerOptions,
  ): Promise<UpstreamAnswer> {
    if (answer.status >= 300) return answer;
    const { act, kind, id } = request;
    if (act === 'create') return this.noted(answer, kind, { user, account, signal });
    if (act === 'list') return this.filtered(answer, kind, user, { limit, signal });
    if (act === 'delete') await this.makers.remove(kind, id!, user);
    return act === 'results' && isReadable(answer) ? this.counted(answer, id!, user, path) : answer;
  }

  private async noted(
    answer: UpstreamAnswer,
    kind: string,
    {
      user,
      account,
      signal,
    }: { readonly user: string; readonly account: string | undefined; readonly signal: AbortSignal },
  ): Promise<UpstreamAnswer> {
    if (!isReadable(answer)) return answer;
    const body = await wholeBodyOf(answer, signal);
    const { id } = objectIn(body);
    if (typeof id === 'string' && id !== '') await this.makers.add(kind, id, user, account);
    return withBody(answer, body);
  }

  private async filtered(
    answer: UpstreamAnswer,
    kind: string,
    user: string,
    { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  ): Promise<UpstreamAnswer> {
    if (!isReadable(answer)) {
      answer.body.destroy();
      throw new GatewayError({ type: 'api_error', status: 502, message: 'The list came in a coding not asked for.' });
    }
    const page = objectIn(await wholeBodyOf(answer, signal)) as Partial<ObjectPage>;
    const ids = await this.makers.idsOf(kind, user).catch(storeUnavailable);
    const own = (page.data ?? []).filter(({ id, source }) => source === 'anthropic' || ids.has(String(id)));
    const data = own.slice(0, limit);
    const edges = 'first_id' in page ? { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null } : {};
    const hasMore = own.length > limit || (page.has_more === true && own.length > 0);
    return withBody(answer, Buffer.from(JSON.stringify({ ...page, data, has_more: hasMore, ...edges })));
  }

  private counted(answer: UpstreamAnswer, id: string, user: string, path: string): UpstreamAnswer {
    const results = new BatchResults((model, usage) => this.costs.costOf(answerOf(user, path, model, usage)));
    const onEnd = () => void this.count(results, id, user, path);
    return { ...answer, body: new WatchedBody(answer.body, (chunk) => results.write(chunk), onEnd) };
  }

  private async count(results: BatchResults, id: string, user: string, path: string): Promise<void> {
    try {
      if (!(await this.makers.claimResults(id))) return;
      for (const { model, usage, cost } of results.parts()) {
        const exchange = answerOf(user, path, model, usage);
        exchange.priced(cost, usage);
        this.feed.begin();
        this.feed.finish(exchange);
      }
    } catch (error) {
      this.logger.warn(`the results of ${id} could not be counted, the next read tries again: ${String(error)}`);
    }
  }
}

/** A record for the answers of one model in a batch: they count like any other answer, in one sum. */
function answerOf(user: string, path: string, model: string, usage: Exchange['usage']): Exchange {
  const exchange = new Exchange(user, 'messages', path);
  exchange.asksFor(model, false);
  exchange.answeredBy('anthropic');
  exchange.respondedWith(200);
  return Object.assign(exchange, { usage, hasOperatorCredential: true });
}

function objectIn(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
