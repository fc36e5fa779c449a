import { tokensOfBytes } from './answer-usage.js';
import { rateLimited } from './anthropic-refusals.js';
import type { Behaviour } from './behaviours.js';
import type { RecordedRequest } from './http-recording.js';
import { PromptCache } from './prompt-cache.js';
import { type BucketLimits, TokenBuckets } from './token-buckets.js';

/** An organization with its workspaces and keys. Limits belong to the organization, prompt caches to the workspace. */
export interface SimulatedOrganization {
  readonly id: string;
  /** Per minute and model. Default: those of the Build tier. */
  readonly limits?: Partial<BucketLimits>;
  readonly workspaces: readonly { readonly id: string; readonly keys: readonly string[] }[];
}

interface Owner {
  readonly key: string;
  readonly workspace: string;
  readonly organization: SimulatedOrganization;
}

const OUTPUT_TOKENS = 20;

/** Knows each key's organization and workspace, and answers as their limits and caches make the service answer. */
export class SimulatedOrganizations {
  readonly cache = new PromptCache();
  private readonly owners: ReadonlyMap<string, Owner>;
  private readonly buckets = new Map<string, TokenBuckets>();
  private readonly refusals = new Map<string, Behaviour>();

  constructor(organizations: readonly SimulatedOrganization[]) {
    this.owners = new Map(
      organizations.flatMap((organization) =>
        organization.workspaces.flatMap(({ id, keys }) =>
          keys.map((key) => [key, { key, workspace: id, organization }] as const),
        ),
      ),
    );
  }

  get keys(): readonly string[] {
    return [...this.owners.keys()];
  }

  /** Refuses every Messages request of a key, a workspace or an organization; undefined ends it. */
  refuse(owner: string, behaviour: Behaviour | undefined): void {
    if (behaviour) this.refusals.set(owner, behaviour);
    else this.refusals.delete(owner);
  }

  /** Empties the buckets of an organization for a model. They fill again with time. */
  exhaust(organization: string, model: string): void {
    this.bucketsOf(organization, model).empty();
  }

  /** The headers that name the owners of a key. The workspace is missing if the key is refused. */
  headersFor({ credential }: RecordedRequest): Record<string, string> {
    const owner = this.owners.get(credential ?? '');
    if (!owner) return {};
    return {
      'anthropic-organization-id': owner.organization.id,
      'anthropic-workspace-id': owner.workspace,
    };
  }

  /** How this Messages request is answered: a refusal, or a planned answer with its usage and limits. */
  behaviourFor(request: RecordedRequest, planned: Behaviour): Behaviour {
    const { key, workspace, organization } = this.owners.get(request.credential ?? '')!;
    const refusal = [key, workspace, organization.id].map((owner) => this.refusals.get(owner)).find(Boolean);
    if (refusal) return refusal;
    const model = request.model ?? '';
    const buckets = this.bucketsOf(organization.id, model, organization.limits);
    const lookup = this.cache.lookUp(`${workspace}/${model}`, request);
    const total = tokensOfBytes(request.bodyBytes);
    const read = Math.min(lookup.readTokens, total);
    const written = Math.min(lookup.writtenTokens, total - read);
    const missingSeconds = buckets.take({ requests: 1, inputTokens: total - read, outputTokens: OUTPUT_TOKENS });
    const headers = buckets.headers();
    if (missingSeconds > 0) return rateLimited({ retryAfterSeconds: Math.ceil(missingSeconds), headers });
    if (planned.kind !== 'answer') return planned;
    lookup.keep();
    const usage = {
      input_tokens: total - read - written,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: written,
      output_tokens: planned.options.usage?.output_tokens ?? OUTPUT_TOKENS,
    };
    return { ...planned, options: { ...planned.options, usage, headers: { ...headers, ...planned.options.headers } } };
  }

  private bucketsOf(organization: string, model: string, limits: Partial<BucketLimits> = {}): TokenBuckets {
    const name = `${organization}/${model}`;
    const known = this.buckets.get(name);
    if (known) return known;
    const made = new TokenBuckets(limits);
    this.buckets.set(name, made);
    return made;
  }
}
