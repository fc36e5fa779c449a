import type { JsonView } from '@claude-proxy/messages-api';
import { policyOfBeta } from './beta-policies.js';
import { SENT_TO_EVERY_MODEL } from './betas.js';
import { objectsIn } from './message-blocks.js';
import type { Refusal } from './refusal-wordings.js';

/** A part of a request that a model has refused. */
export type Lesson =
  | { readonly kind: 'beta'; readonly beta: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'system_role' }
  | { readonly kind: 'tool_name_length'; readonly length: number }
  /** Essential for the meaning of a request: requests with it are not sent to Bedrock. */
  | { readonly kind: 'forbidden'; readonly path: string };

/** Bedrock's documented limit; Anthropic accepts 128 characters. */
export const MAX_TOOL_NAME_LENGTH = 64;
/** Names of the documented length were refused: the platform counts more than is sent. */
const TOOL_NAME_MARGIN = 8;

/** Fields that cannot be dropped after a refusal. */
const ESSENTIAL_FIELDS = new Set(
  'anthropic_version messages system tools tool_choice max_tokens thinking temperature top_p top_k stop_sequences'.split(
    ' ',
  ),
);
const ESSENTIAL_MEMBERS = new Set(
  'role content type text source data name id tool_use_id input input_schema thinking signature format schema disable_parallel_tool_use'.split(
    ' ',
  ),
);
/** Fields with an essential part. Only the other parts are dropped. */
const PARTS_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['output_config', ['effort', 'task_budget', 'format']],
]);
/** The fields that are searched for a name without a path. */
const CONTAINERS = ['output_config', 'thinking', 'context_management', 'metadata', 'tool_choice'];

/** The refused request. */
export interface Sent {
  readonly body: JsonView;
  readonly betas: readonly string[];
}

/** The lessons of a refusal about sent fields. Fields that were not sent give no lesson. */
export function lessonsOf(refusal: Refusal, message: string, sent: Sent): Lesson[] {
  switch (refusal.meaning) {
    case 'system_role':
      return [{ kind: 'system_role' }];
    case 'beta':
      return sent.betas.filter((beta) => message.includes(beta)).map((beta) => ({ kind: 'beta', beta }));
    case 'tool_name':
      return [{ kind: 'tool_name_length', length: shorterThan(refusal.maxLength) }];
    case 'fields':
      return lessonsOfPaths(refusal.paths.flatMap(partsOf), sent.body);
    case 'feature':
      return lessonsOfPaths(
        refusal.names.flatMap((name) => placesOf(name, sent.body)),
        sent.body,
      );
    default:
      return [];
  }
}

/**
 * The possible betas for a refusal that names none, most likely first: unknown ones, those without a source
 * for the model, the others.
 */
export function suspectsIn(betas: readonly string[]): string[] {
  const isUnknown = (beta: string) => policyOfBeta(beta) === undefined;
  const rank = (beta: string) => (isUnknown(beta) ? 0 : SENT_TO_EVERY_MODEL.has(beta) ? 1 : 2);
  return [...betas].sort((a, b) => rank(a) - rank(b));
}

/** Whether the path exists; `*` matches every entry of a list. */
export function hasAt(body: JsonView, path: string): boolean {
  return isAt(body, segmentsOf(path));
}

function lessonsOfPaths(paths: readonly string[], body: JsonView): Lesson[] {
  const general = paths.filter((path) => hasAt(body, path)).map(generalPath);
  const dispensable = general.filter(isDispensable).map((path) => ({ kind: 'path', path }) as const);
  return dispensable.length > 0 ? dispensable : general.map((path) => ({ kind: 'forbidden', path }));
}

function shorterThan(limit = MAX_TOOL_NAME_LENGTH): number {
  return Math.max(Math.min(limit, MAX_TOOL_NAME_LENGTH) - TOOL_NAME_MARGIN, 2 * TOOL_NAME_MARGIN);
}

function partsOf(path: string): string[] {
  return PARTS_OF.get(path)?.map((part) => `${path}.${part}`) ?? [path];
}

function placesOf(name: string, body: JsonView): string[] {
  const inContainers = CONTAINERS.map((container) => `${container}.${name}`);
  const inTools = objectsIn(body.get('tools')).some((tool) => tool.has(name)) ? [`tools.*.${name}`] : [];
  return [...partsOf(name), ...inContainers, ...inTools];
}

function isAt(value: JsonView, [segment, ...rest]: readonly string[]): boolean {
  if (segment === undefined) return true;
  if (value.isArray) {
    if (segment === '*') return value.items().some((item) => isAt(item, rest));
    const item = value.items()[Number(segment)];
    return item !== undefined && isAt(item, rest);
  }
  const member = value.get(segment);
  if (member && isAt(member, rest)) return true;
  // `tools.0.custom.strict`: a segment that is the type of the entry only narrows.
  const type = value.isObject ? (value.text('type') ?? 'custom') : undefined;
  return type === segment && rest.length > 0 && isAt(value, rest);
}

/** `tools[0].custom.strict` -> `tools.*.custom.strict`: a refused field applies to all tools. */
function generalPath(path: string): string {
  return segmentsOf(path)
    .map((segment) => (/^\d+$/.test(segment) ? '*' : segment))
    .join('.');
}

function segmentsOf(path: string): string[] {
  return path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
}

function isDispensable(path: string): boolean {
  const segments = path.split('.');
  const last = segments.at(-1) ?? '';
  return segments.length === 1 ? !ESSENTIAL_FIELDS.has(last) : last !== '*' && !ESSENTIAL_MEMBERS.has(last);
}
