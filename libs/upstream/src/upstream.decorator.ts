import { SetMetadata } from '@nestjs/common';

export const UPSTREAM_NAME = 'claude-proxy:upstream-name';
export const UPSTREAM_REPLACES = 'claude-proxy:upstream-replaces';

export interface UpstreamOptions {
  /** Takes the place of the upstream that has this name already, such as a built-in one. */
  readonly replaces?: boolean;
}

/**
 * Marks an injectable class as the upstream with this name. `FALLBACK_CHAIN` lists the name, and callers see it in
 * `x-claude-proxy-upstream`. The class implements `UpstreamProvider`.
 *
 * @example
 * ```ts
 * @Upstream('acme')
 * @Injectable()
 * export class AcmeUpstream implements UpstreamProvider { ... }
 * ```
 */
export function Upstream(name: string, { replaces = false }: UpstreamOptions = {}): ClassDecorator {
  return (target) => {
    SetMetadata(UPSTREAM_NAME, name)(target);
    SetMetadata(UPSTREAM_REPLACES, replaces)(target);
  };
}
