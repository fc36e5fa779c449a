/** Model names come from clients and upstreams. Invalid names share one label, so that they cannot fill a table. */
export function labelOf(model: string | undefined): string {
  return model !== undefined && /^[\w.:/@-]{1,100}$/.test(model) ? model : 'other';
}
