import { useEffect, useRef } from 'preact/hooks';
import { useNow } from '../parts/freshness.js';
import { useSettings } from '../texts/settings.js';

interface CountdownProps {
  readonly secondsLeft: number;
  readonly asOf: number;
  onOver(): void;
}

/** Seconds that run down; at the end the list is loaded again. */
export function Countdown({ secondsLeft, asOf, onOver }: CountdownProps) {
  const { texts, format } = useSettings();
  const now = useNow(1_000);
  const left = Math.max(0, secondsLeft - (now - asOf) / 1_000);
  const isOver = left <= 0;
  const hasTold = useRef(false);
  useEffect(() => {
    if (isOver && !hasTold.current) onOver();
    hasTold.current = isOver;
  }, [isOver]);
  return <span class="countdown">{isOver ? texts.limits.over : format.span(Math.ceil(left))}</span>;
}
