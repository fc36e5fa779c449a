import { AT_BEDROCK } from './faults/at-bedrock.js';
import { BEFORE_AN_ANSWER, REFUSED_CONNECTION, UNKNOWN_CREDENTIAL } from './faults/before-an-answer.js';
import type { FaultScene, Observed, Theme } from './faults/fault-scene.js';
import { IN_MID_STREAM, LATE_FAILOVER } from './faults/in-mid-stream.js';
import { BREAKER, CLIENTS_THAT_LEAVE } from './faults/over-several-requests.js';
import { STRANGE_ANSWERS } from './faults/strange-answers.js';
import { type Stage, setStage } from './stage.js';

const THEMES: readonly Theme[] = [
  REFUSED_CONNECTION,
  UNKNOWN_CREDENTIAL,
  BEFORE_AN_ANSWER,
  LATE_FAILOVER,
  IN_MID_STREAM,
  STRANGE_ANSWERS,
  AT_BEDROCK,
  CLIENTS_THAT_LEAVE,
  BREAKER,
];

/** Short silences, and no waiting for short windows. */
const ENVIRONMENT = { PING_AFTER_SECONDS: '1', RETRY_THRESHOLD_SECONDS: '0' };

/** A played scene, and whether it had the expected result. */
export interface PlayedFault {
  readonly theme: string;
  readonly scene: FaultScene;
  readonly observed: Observed;
  readonly holds: boolean;
}

/** All faults, grouped by theme. */
export async function* playFaults(): AsyncGenerator<PlayedFault> {
  for (const theme of THEMES) {
    const stage = await setStage({ ...ENVIRONMENT, ...theme.environment });
    try {
      yield* playTheme(theme, stage);
    } finally {
      await stage.close();
    }
  }
}

async function* playTheme({ title: theme, scenes }: Theme, stage: Stage): AsyncGenerator<PlayedFault> {
  for (const scene of scenes) {
    const observed = await scene.play(stage).catch(asBroken);
    yield { theme, scene, observed, holds: observed.sight === scene.expected };
  }
}

function asBroken(error: Error): Observed {
  return { sight: 'something else', how: error.message };
}
