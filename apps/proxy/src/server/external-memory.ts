import { setFlagsFromString } from 'node:v8';

/*
 * Bytes of requests and answers lie outside V8's heap. By default V8 collects the whole heap for about every 40 MB of
 * them, which with large requests is about half of all CPU time; with this it counts them as what they are, garbage like
 * any other. Imported first by each program that starts a process. A Node that does not know the flag goes on without it.
 */
setFlagsFromString('--external-memory-accounted-in-global-limit');
