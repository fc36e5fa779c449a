import { setFlagsFromString } from 'node:v8';

/*
 * Bytes of requests and answers lie outside V8's heap. By default V8 collects the whole heap for about every 40 MB of
 * them, which with large requests is about half of all CPU time; with this it counts them as what they are, garbage like
 * any other. Set at run time, because a Node that does not know the flag then runs without it; the flags that V8 accepts
 * only at its start are in `bin/launcher.js`.
 */
setFlagsFromString('--external-memory-accounted-in-global-limit');
