import { type Behaviour, UPSTREAM_FAULTS } from '@claude-proxy/simulator';
import { type FaultScene, type Sight, scene, type Theme } from './fault-scene.js';

/** A part of the faults that test/faults/upstream-faults.test.ts plays to all callers. */
export const STRANGE_ANSWERS: Theme = {
  title: 'Answers that contradict their headers, or do not end',
  scenes: [
    strange('a refusal of 300 KB', 'reported as an error'),
    strange('a refusal that stalls', 'reported as an error'),
    strange('content-length and transfer-encoding', 'Bedrock answers'),
    strange('interim responses without end', 'Bedrock answers'),
    strange('a reset after the head', 'Bedrock answers'),
    strange('a web page of status 200', 'Bedrock answers'),
    strange('a bomb in zstd', 'Bedrock answers'),
    strange('pings without end', 'reported as an error'),
    strange('events without content and without end', 'reported as an error'),
  ],
};

function strange(name: string, expected: Sight): FaultScene {
  return scene(name, expected, { anthropic: [behaviourOf(name)] });
}

function behaviourOf(name: string): Behaviour {
  return UPSTREAM_FAULTS.find((fault) => fault.name === name)!.behaviour(true);
}
