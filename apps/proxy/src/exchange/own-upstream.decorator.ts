import { SetMetadata } from '@nestjs/common';

export const IS_OWN_UPSTREAM = 'claude-proxy:own-upstream';

/** Marks an upstream of this project. The contract suite runs against it here, so the router calls it without a guard. */
export function OwnUpstream(): ClassDecorator {
  return SetMetadata(IS_OWN_UPSTREAM, true);
}
