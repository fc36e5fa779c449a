export interface Series {
  readonly label: string;
  /** The name of a CSS variable. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

export interface TimeChartProps {
  readonly kind: 'bar' | 'line';
  /** What a screen reader says in place of the picture. */
  readonly description: string;
  readonly labels: readonly string[];
  /** Longer, for the tooltip and the table. */
  readonly titles: readonly string[];
  readonly series: readonly Series[];
  /** What is behind each bar or point: an address of this page. */
  readonly links?: readonly string[];
  show(value: number): string;
  /** On the axis, where there is little room. */
  showShort(value: number): string;
}
