import { Duration } from 'aws-cdk-lib';

/**
 * Times that have to agree, in one place. A task that is replaced leaves the load balancer first and is stopped when
 * the deregistration delay is over, so an answer has that delay, and then the drain, to end.
 */

/** Under the application's keep-alive of 4010 s: who closes first must be the load balancer, or clients see a 502. */
export const IDLE_TIMEOUT = Duration.seconds(3_600);

/** The longest that Fargate grants between SIGTERM and SIGKILL. */
export const STOP_TIMEOUT = Duration.seconds(120);

/** What the application takes of it; the rest is for writing usage and leaving. */
export const DRAIN_TIMEOUT = Duration.seconds(110);

/** Default of the deregistration delay: how long an answer may run on while its task is replaced. */
export const LONGEST_ANSWER = Duration.minutes(15);

/** NAT gateways forget a connection after 350 silent seconds; these make the kernel ask long before. */
export const KEEP_ALIVE_CONTROLS = [
  { namespace: 'net.ipv4.tcp_keepalive_time', value: '45' },
  { namespace: 'net.ipv4.tcp_keepalive_intvl', value: '15' },
  { namespace: 'net.ipv4.tcp_keepalive_probes', value: '5' },
];
