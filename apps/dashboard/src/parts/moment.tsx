import { utcOf } from '../format/create-format.js';
import { useSettings } from '../texts/settings.js';

interface MomentProps {
  readonly time: number;
  readonly isLong?: boolean;
}

/** A time in the viewer's zone; UTC, as logs have it, on hover. */
export function Moment({ time, isLong = false }: MomentProps) {
  const { format } = useSettings();
  return (
    <time dateTime={new Date(time).toISOString()} title={utcOf(time)}>
      {isLong ? format.dateTime(time) : format.clock(time)}
    </time>
  );
}
