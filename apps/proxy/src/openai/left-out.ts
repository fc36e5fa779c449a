/** The places go into a header and the request log, and the caller chooses some of their words. */
const MAX_PLACES = 40;
const MAX_PLACE_CHARACTERS = 80;

/** What a request asks for and Claude cannot take, by its place. Named to the caller in `x-claude-proxy-dropped`. */
export class LeftOut {
  private readonly found = new Set<string>();

  /** @param kind of the part, item or tool at that place */
  add(place: string, kind?: string): void {
    if (this.found.size < MAX_PLACES) this.found.add(nameOf(kind ? `${place}:${kind}` : place));
  }

  get places(): string[] {
    return [...this.found];
  }
}

function nameOf(place: string): string {
  return place.slice(0, MAX_PLACE_CHARACTERS).replaceAll(/[^\w.:[\]-]/g, '_');
}
