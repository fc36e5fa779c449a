import { cut, endEarly, errorAfter, garbage, silence } from '@claude-proxy/simulator';
import { scene, type Theme } from './fault-scene.js';

/** Only `message_start`, without content. */
const BEGUN = { afterEvents: 1 };
/** Inside the JSON of the first text. */
const INSIDE_AN_EVENT = { afterBytes: 800 };

export const LATE_FAILOVER: Theme = {
  title: 'After message_start, before the first content',
  scenes: [
    scene('the connection is cut', 'Bedrock answers', { anthropic: [cut(BEGUN)] }),
    scene('the connection is cut, compressed', 'Bedrock answers', { anthropic: [cut({ ...BEGUN, encoding: 'gzip' })] }),
    scene('the stream is closed cleanly', 'Bedrock answers', { anthropic: [endEarly(BEGUN)] }),
    scene('overloaded_error', 'Bedrock answers', { anthropic: [errorAfter(1, 'overloaded_error')] }),
  ],
};

export const IN_MID_STREAM: Theme = {
  title: 'After the first content, when no fallback is possible',
  scenes: [
    scene('the connection is cut', 'reported as an error', { anthropic: [cut()] }),
    scene('the connection is cut inside an event', 'reported as an error', { anthropic: [cut(INSIDE_AN_EVENT)] }),
    scene('the connection is cut inside a character', 'reported as an error', {
      anthropic: [cut({ insideCharacter: true })],
    }),
    scene('the stream is closed cleanly', 'reported as an error', { anthropic: [endEarly()] }),
    scene('overloaded_error', 'reported as an error', { anthropic: [errorAfter(4, 'overloaded_error')] }),
    scene('bytes that are not an event', 'refused by the SDK', { anthropic: [garbage()] }),
    scene('silence', 'Anthropic answers', { anthropic: [silence({ ms: 2_400, afterEvents: 4 })], pings: 2 }),
  ],
};
