import type { UpstreamFault } from './faulty-answer.js';
import { BODY_FAULTS } from './of-bodies.js';
import { CONNECTION_FAULTS } from './of-connections.js';
import { FRAMING_FAULTS } from './of-framing.js';
import { STREAM_FAULTS } from './of-streams.js';

/** All faults of an answer, from the connection to the last event. */
export const UPSTREAM_FAULTS: readonly UpstreamFault[] = [
  ...CONNECTION_FAULTS,
  ...FRAMING_FAULTS,
  ...BODY_FAULTS,
  ...STREAM_FAULTS,
];
