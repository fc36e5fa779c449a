import { isObject, type JsonObject, withMember, without } from './json-objects.js';
import type { Capabilities } from './model-capabilities.js';

/** Cache breakpoints: `scope` is refused on every model, `ttl` on those before 4.5. */
export function translateCacheControl(holder: JsonObject, { hasCacheTtl }: Capabilities): JsonObject {
  if (!isObject(holder.cache_control)) return holder;
  const translated = without(holder.cache_control, hasCacheTtl ? ['scope'] : ['scope', 'ttl']);
  return withMember(holder, 'cache_control', translated);
}
