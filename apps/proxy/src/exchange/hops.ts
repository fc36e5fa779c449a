/**
 * Names the gateways that a request has passed, each by a mark. Sent to any upstream but Anthropic itself, and the only
 * header of ours that is passed on.
 */
export const HOPS_HEADER = 'x-claude-proxy-hops';
