/** Names of models come from clients and upstreams: what is not one shares a label, so that a table cannot fill with them. */
export function labelOf(model: string | undefined): string {
  return model !== undefined && /^[\w.:/@-]{1,100}$/.test(model) ? model : 'other';
}
