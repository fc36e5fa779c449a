import type { Drill } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { useMayAct } from '../role.js';
import { useSettings } from '../texts/settings.js';
import { Countdown } from './countdown.js';

interface DrillRowsProps {
  readonly drills: readonly Drill[];
  readonly asOf: number;
  onChange(): void;
}

/** What is being drilled right now. */
export function DrillRows({ drills, asOf, onChange }: DrillRowsProps) {
  const { texts, format } = useSettings();
  const { limits } = texts;
  const mayAct = useMayAct();
  const [problem, setProblem] = useState('');
  const stop = async (id: string) => {
    setProblem('');
    try {
      await gateway.stopDrill(id);
    } catch (error) {
      setProblem(limits.failed((error as Error).message));
    }
    onChange();
  };
  return (
    <div class="drills" aria-live="polite">
      {drills.length === 0 && <p class="muted">{limits.noDrill}</p>}
      {drills.map((drill) => (
        <div class="drill" key={drill.id}>
          <div>
            <strong>{limits.running(drill.user ?? limits.everybody, format.percent(drill.share))}</strong>
            <small>{limits.struck(drill.struck, format.integer(drill.struck))}</small>
          </div>
          {/* Screen readers skip each second. */}
          <span aria-live="off">
            <Countdown secondsLeft={drill.seconds_left} asOf={asOf} onOver={onChange} />
          </span>
          {mayAct && (
            <button type="button" class="button" onClick={() => void stop(drill.id)}>
              {limits.stop}
            </button>
          )}
        </div>
      ))}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
