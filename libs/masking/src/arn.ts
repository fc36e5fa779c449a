import { PARTITION } from './forms/form.js';
import { ARN_RULES } from './patterns.js';

const ARN = new RegExp(
  `arn:${PARTITION}:(?<service>[a-z0-9][a-z0-9-]{1,62}):(?<region>[a-z0-9*-]{0,40}):(?<account>\\d{12}|):(?<resource>[A-Za-z0-9_+=.@:/$#*-]{0,2048})`,
  'dy',
);
/** Prose and emphasis behind an ARN. */
const TRAILING = /[.:;=+@*$#-]+$/;

export interface FoundArn {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where the account number is; undefined if the ARN has none. */
  readonly account: readonly [number, number] | undefined;
  /** The part with names. */
  readonly names: readonly [number, number];
}

/** The ARN that begins here; undefined if it names nothing of a tenant, such as `arn:aws:s3:::*`. */
export function arnAt(text: string, start: number): FoundArn | undefined {
  ARN.lastIndex = start;
  const match = ARN.exec(text);
  if (!match) return undefined;
  const { service, account, resource } = match.groups as Record<string, string>;
  const rule = ARN_RULES.find(({ services }) => services.has(service!));
  const isWithoutAccount = account === '';
  if (isWithoutAccount && !rule?.withoutAccount?.test(resource!)) return undefined;
  const name = rule && (!isWithoutAccount ? rule.name !== 'ARN_S3' : true) ? rule.name : 'ARN';
  const { resource: resourceAt, account: accountAt } = match.indices!.groups!;
  const end = resourceAt![0] + lengthOf(resource!, text[start - 1]);
  const bucketEnd = resourceAt![0] + (/^[^/]*/.exec(resource!)?.[0].length ?? 0);
  return {
    name,
    start,
    end: Math.max(end, accountAt![1] + 1),
    account: isWithoutAccount ? undefined : accountAt,
    // Keys of objects stay, as in s3:// URIs: a model often appends its own.
    names: [resourceAt![0], name === 'ARN_S3' ? Math.min(bucketEnd, end) : end],
  };
}

function lengthOf(resource: string, before: string | undefined): number {
  const trimmed = resource.replace(TRAILING, '');
  return (before === '_' ? trimmed.replace(/_+$/, '') : trimmed).length;
}
