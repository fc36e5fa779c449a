import type { Tone } from '../text/blocks.js';
import { fitted, padded } from '../text/width.js';

export interface FrameLayout {
  readonly columns: number;
  readonly rows: number;
  readonly hasColor: boolean;
  readonly hasUnicode: boolean;
}

export interface FrameLine {
  readonly text: string;
  readonly tone?: Tone;
  readonly isSelected?: boolean;
}

export function cell(text: string, width: number): string {
  return padded(fitted(text, width), width);
}
