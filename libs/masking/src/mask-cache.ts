import type { Replacement } from './text-masker.js';

/** What is masked in one piece of a request, such as a message. Positions count from the start of the piece. */
export interface MaskedPiece {
  readonly replacements: readonly Replacement[];
  /** Of the map after this piece. */
  readonly nextId: string;
}

/**
 * Pieces that were masked before, by their hash and the map that they began with. Of a long conversation all but the last turn
 * has been seen.
 */
export class MaskCache {
  private readonly pieces = new Map<string, MaskedPiece>();
  private held = 0;

  /** @param limit of replacements and pieces together */
  constructor(private readonly limit: number) {}

  get(key: string): MaskedPiece | undefined {
    const piece = this.pieces.get(key);
    if (!piece) return undefined;
    // The least recently used comes first.
    this.pieces.delete(key);
    this.pieces.set(key, piece);
    return piece;
  }

  set(key: string, piece: MaskedPiece): void {
    this.pieces.set(key, piece);
    this.held += piece.replacements.length + 1;
    for (const [oldest, { replacements }] of this.pieces) {
      if (this.held <= this.limit) return;
      this.pieces.delete(oldest);
      this.held -= replacements.length + 1;
    }
  }
}
