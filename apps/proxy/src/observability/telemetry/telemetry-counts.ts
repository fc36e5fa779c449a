import { Injectable } from '@nestjs/common';

/** What has become of spans and metrics, for `/metrics`. */
@Injectable()
export class TelemetryCounts {
  readonly spans = { exported: 0, failed: 0, dropped: 0 };
  /** A failed export of metrics loses nothing: the next one has the sums. */
  readonly metricExports = { exported: 0, failed: 0 };
  isOn = false;
}
