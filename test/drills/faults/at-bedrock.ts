import {
  type Behaviour,
  cut,
  exceptionMidStream,
  flippedBit,
  garbage,
  rateLimited,
  resetBeforeHeaders,
  silence,
} from '@claude-proxy/simulator';
import { type FaultScene, type Sight, scene, type Theme } from './fault-scene.js';

const LIMITED = rateLimited({ retryAfterSeconds: 60 });

export const AT_BEDROCK: Theme = {
  title: 'While Anthropic returns 429 and Bedrock answers',
  scenes: [
    sceneOf('a connection is reset', 'Bedrock answers', resetBeforeHeaders()),
    sceneOf('silence in mid-stream', 'Bedrock answers', silence({ ms: 2_400, afterEvents: 3 }), 1),
    sceneOf('a frame with a wrong checksum', 'reported as an error', flippedBit()),
    sceneOf('bytes that are not a frame', 'reported as an error', garbage()),
    sceneOf('the connection is cut', 'reported as an error', cut()),
    sceneOf(
      'ThrottlingException in mid-stream',
      'reported as an error',
      exceptionMidStream('ThrottlingException', 'Slow.'),
    ),
  ],
};

function sceneOf(title: string, expected: Sight, behaviour: Behaviour, pings = 0): FaultScene {
  return scene(title, expected, { anthropic: [LIMITED], bedrock: [behaviour], pings });
}
