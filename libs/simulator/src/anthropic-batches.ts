import { composeMessage, createId, messageBody } from './message-events.js';

interface BatchRequest {
  readonly custom_id: string;
  readonly params: { readonly model?: string };
}

interface Batch {
  readonly id: string;
  readonly createdAt: string;
  readonly requests: readonly BatchRequest[];
}

/** Message batches that are complete at their creation. */
export class SimulatedBatches {
  readonly #batches = new Map<string, Batch>();

  create(body: Record<string, unknown>): Record<string, unknown> {
    const requests = Array.isArray(body.requests) ? (body.requests as BatchRequest[]) : [];
    const batch = { id: createId('msgbatch_01'), createdAt: new Date().toISOString(), requests };
    this.#batches.set(batch.id, batch);
    return rendered(batch);
  }

  list(): Record<string, unknown> {
    const data = [...this.#batches.values()].reverse().map(rendered);
    return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  }

  find(id: string): Record<string, unknown> | undefined {
    const batch = this.#batches.get(id);
    return batch && rendered(batch);
  }

  /** One JSON line per request; undefined for an unknown batch. */
  results(id: string): string | undefined {
    const lines = this.#batches.get(id)?.requests.map((request) => JSON.stringify(resultOf(request)));
    return lines?.map((line) => `${line}\n`).join('');
  }
}

function rendered({ id, createdAt, requests }: Batch): Record<string, unknown> {
  const counts = { processing: 0, succeeded: requests.length, errored: 0, canceled: 0, expired: 0 };
  return {
    id,
    type: 'message_batch',
    processing_status: 'ended',
    request_counts: counts,
    created_at: createdAt,
    ended_at: createdAt,
    expires_at: new Date(Date.parse(createdAt) + 24 * 3600 * 1000).toISOString(),
    archived_at: null,
    cancel_initiated_at: null,
    results_url: `https://api.anthropic.com/v1/messages/batches/${id}/results`,
  };
}

function resultOf({ custom_id: customId, params }: BatchRequest): Record<string, unknown> {
  const facts = {
    model: params.model ?? 'claude-sonnet-5-5',
    greeting: 'Hello from an Anthropic batch.',
    bodyBytes: JSON.stringify(params).length,
    hasCacheControl: false,
    messageIdPrefix: 'msg_01',
    serviceUsage: { service_tier: 'batch', inference_geo: 'global' },
  };
  const message = messageBody(composeMessage({}, facts));
  return { custom_id: customId, result: { type: 'succeeded', message } };
}
