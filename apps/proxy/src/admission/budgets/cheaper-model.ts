import type { ClaudeModels } from '@claude-proxy/claude-models';
import { outlineOfJson } from '@claude-proxy/messages-api';
import type { StepRequest } from '@claude-proxy/upstream';

/**
 * The request with the newest model of a class that costs less; undefined if there is none. Only the name of the model
 * changes: every other byte stays.
 *
 * @param whenOver `cheaper:haiku`; anything else refuses
 */
export function cheaperRun(
  { body, model, operation }: StepRequest,
  whenOver: string,
  models: ClaudeModels,
): { readonly model: string; readonly body: Buffer } | undefined {
  const wanted = /^cheaper:(.+)$/.exec(whenOver)?.[1];
  if (wanted === undefined || operation !== 'messages' || !body || model === undefined) return undefined;
  const price = models.named(model)?.prices?.output ?? Number.POSITIVE_INFINITY;
  const cheaper = models.rows.find(({ id, prices, isLimited }) => id.includes(wanted) && prices && !isLimited);
  const range = outlineOfJson(body).members.get('model');
  if (!cheaper || !range || cheaper.prices!.output >= price) return undefined;
  const parts = [body.subarray(0, range.start), Buffer.from(JSON.stringify(cheaper.id)), body.subarray(range.end)];
  return { model: cheaper.id, body: Buffer.concat(parts) };
}
