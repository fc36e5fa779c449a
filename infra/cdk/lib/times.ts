import { Duration } from 'aws-cdk-lib';

/**
 * Times that depend on each other. A replaced task first leaves the load balancer and is stopped after the
 * deregistration delay, so an answer has that delay, and then the drain, to end.
 */

/** Under the application's keep-alive of 4010 s: the load balancer must close first, or clients get a 502. */
export const IDLE_TIMEOUT = Duration.seconds(3_600);

/** The longest time that Fargate allows between SIGTERM and SIGKILL. */
export const STOP_TIMEOUT = Duration.seconds(120);

/** The application's share of it. The rest is for writing usage and shutting down. */
export const DRAIN_TIMEOUT = Duration.seconds(110);

/** Default of the deregistration delay: how long an answer may continue while its task is replaced. */
export const LONGEST_ANSWER = Duration.minutes(15);

/** NAT gateways drop a connection after 350 silent seconds. With these values the kernel probes it long before. */
export const KEEP_ALIVE_CONTROLS = [
  { namespace: 'net.ipv4.tcp_keepalive_time', value: '45' },
  { namespace: 'net.ipv4.tcp_keepalive_intvl', value: '15' },
  { namespace: 'net.ipv4.tcp_keepalive_probes', value: '5' },
];
