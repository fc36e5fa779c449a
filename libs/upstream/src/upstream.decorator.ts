import { SetMetadata } from '@nestjs/common';

export const UPSTREAM_NAME = 'claude-proxy:upstream-name';

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
export function Upstream(name: string): ClassDecorator {
  return SetMetadata(UPSTREAM_NAME, name);
}
