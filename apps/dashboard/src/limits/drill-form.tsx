import type { DrillOrder } from '@claude-proxy/admin-api';
import type { TargetedEvent } from 'preact';
import { useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { isUserId } from '../connect/snippets.js';
import { Segmented } from '../parts/segmented.js';
import { useSettings } from '../texts/settings.js';

const LONGEST_SECONDS = 3_600;

export function DrillForm({ onStarted }: { onStarted(): void }) {
  const { texts, format } = useSettings();
  const { limits } = texts;
  const [who, setWho] = useState<'all' | 'one'>('all');
  const [user, setUser] = useState('');
  const [seconds, setSeconds] = useState(60);
  const [percent, setPercent] = useState(100);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);

  const start = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (who === 'one' && !isUserId(user)) return setProblem(texts.connect.userWrong);
    setBusy(true);
    setProblem('');
    const order: DrillOrder = { user: who === 'one' ? user : null, seconds, share: percent / 100 };
    try {
      await gateway.startDrill(order);
      onStarted();
    } catch (error) {
      setProblem(limits.failed((error as Error).message));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="drill-form" onSubmit={start}>
      <div class="field">
        <span aria-hidden="true">{limits.who}</span>
        <Segmented
          legend={limits.who}
          value={who}
          choices={[
            { value: 'all', label: limits.everybody },
            { value: 'one', label: limits.oneUser },
          ]}
          onChange={(next) => setWho(next)}
        />
      </div>
      {who === 'one' && (
        <label class="field">
          <span>{limits.userId}</span>
          <input
            type="text"
            name="user"
            required
            maxLength={128}
            value={user}
            onInput={({ currentTarget }) => setUser(currentTarget.value.trim())}
          />
        </label>
      )}
      <label class="field is-short">
        <span>
          {limits.seconds} ({limits.secondsUnit})
        </span>
        <input
          type="number"
          name="seconds"
          required
          min={1}
          max={LONGEST_SECONDS}
          value={seconds}
          onInput={({ currentTarget }) => setSeconds(currentTarget.valueAsNumber)}
        />
      </label>
      <label class="field">
        <span>
          {limits.share}: {format.percent(percent / 100)}
        </span>
        <input
          type="range"
          name="share"
          min={5}
          max={100}
          step={5}
          value={percent}
          onInput={({ currentTarget }) => setPercent(currentTarget.valueAsNumber)}
        />
      </label>
      <button type="submit" class="button is-primary" disabled={isBusy}>
        {limits.start}
      </button>
      <p class="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
