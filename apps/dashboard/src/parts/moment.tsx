import { utcOf } from '../format/create-format.js';
import { useSettings } from '../texts/settings.js';

interface MomentProps {
  readonly time: number;
  readonly isLong?: boolean;
  /** @default - the time of day, or with `isLong` the whole date */
  readonly form?: 'clock' | 'dateTime' | 'dayAndMinute';
}

/** A time in the viewer's zone; UTC, as logs have it, on hover. */
export function Moment({ time, isLong = false, form = isLong ? 'dateTime' : 'clock' }: MomentProps) {
  const { format } = useSettings();
  return (
    <time dateTime={new Date(time).toISOString()} title={utcOf(time)}>
      {format[form](time)}
    </time>
  );
}
