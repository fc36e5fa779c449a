/** Client of the admin API for Node and browsers: the dashboard and command-line programs use it. */
export { AdminApiError } from './admin-api-error.js';
export { AdminClient, type AdminClientOptions, type FiguresQuestion, type RequestFilter } from './admin-client.js';
export type { Answered } from './http-call.js';
export type { LiveOptions, LiveState } from './live-feed.js';
export type { Transport, TransportAnswer } from './transport.js';
