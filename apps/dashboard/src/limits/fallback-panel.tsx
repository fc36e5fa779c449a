import { useState } from 'preact/hooks';
import { SureButton } from '../access/sure-button.js';
import { gateway } from '../api/gateway.js';
import { usePolled } from '../api/use-polled.js';
import { Loaded } from '../parts/load-state.js';
import { Moment } from '../parts/moment.js';
import { useMayAct } from '../role.js';
import { useSettings } from '../texts/settings.js';

const REFRESH_SECONDS = 10;
const MAX_REASON_CHARACTERS = 200;

/** The switch that turns fallback off in all tasks, with its reason. */
export function FallbackPanel() {
  const { texts } = useSettings();
  const words = texts.limits.fallback;
  const mayAct = useMayAct();
  const state = usePolled('fallback', REFRESH_SECONDS, (api, signal) => api.fallback(signal));
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const change = async (isOn: boolean) => {
    setProblem('');
    try {
      await gateway.changeFallback({ is_on: isOn, reason });
      setReason('');
    } catch (error) {
      setProblem(texts.limits.failed((error as Error).message));
    }
    state.refresh();
  };
  return (
    <section class="panel" aria-labelledby="fallback">
      <h2 id="fallback">{words.title}</h2>
      <p class="lead">{words.lead}</p>
      <Loaded of={state} lines={1}>
        {({ is_on, is_configured, off_since, reason: given }) => (
          <div class="fallback-form">
            <p role="status">
              <strong>{is_on ? words.on : words.off}</strong>
              {off_since !== null && (
                <>
                  {' '}
                  {words.since} <Moment time={off_since} isLong />
                </>
              )}
              {given && `: ${given}`}
            </p>
            {!is_configured && <p class="muted">{words.notConfigured}</p>}
            {is_configured && mayAct && (
              <>
                <label class="field">
                  <span>{words.reason}</span>
                  <input
                    type="text"
                    name="reason"
                    maxLength={MAX_REASON_CHARACTERS}
                    value={reason}
                    onInput={({ currentTarget }) => setReason(currentTarget.value)}
                  />
                </label>
                {is_on ? (
                  <SureButton
                    label={words.turnOff}
                    name=""
                    question={words.sure}
                    isDanger
                    onSure={() => void change(false)}
                  />
                ) : (
                  <button type="button" class="button is-primary" onClick={() => void change(true)}>
                    {words.turnOn}
                  </button>
                )}
              </>
            )}
          </div>
        )}
      </Loaded>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
