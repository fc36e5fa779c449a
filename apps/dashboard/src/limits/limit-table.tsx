import type { Limit } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { Empty } from '../parts/load-state.js';
import { useMayAct } from '../role.js';
import { hashOf } from '../route.js';
import type { Texts } from '../texts/en.js';
import { useSettings } from '../texts/settings.js';
import { Countdown } from './countdown.js';

interface LimitTableProps {
  readonly limits: readonly Limit[];
  /** When the list was read: `seconds_left` counts from there, so no clock of the server matters. */
  readonly asOf: number;
  onChange(): void;
}

export function LimitTable({ limits, asOf, onChange }: LimitTableProps) {
  const { texts } = useSettings();
  const mayAct = useMayAct();
  const [message, setMessage] = useState('');
  const clear = async (user: string) => {
    try {
      await gateway.clearLimit(user);
      setMessage(texts.limits.cleared(user));
    } catch (error) {
      setMessage(texts.limits.failed((error as Error).message));
    }
    onChange();
  };
  return (
    <>
      <p class={message ? 'notice' : 'unseen'} role="status">
        {message}
      </p>
      {limits.length === 0 ? (
        <Empty title={texts.limits.none}>
          <p>{texts.limits.noneHint}</p>
        </Empty>
      ) : (
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">{texts.users.user}</th>
              <th scope="col" class="middle-cell">
                {texts.limits.scope}
              </th>
              <th scope="col" class="middle-cell">
                {texts.limits.reason}
              </th>
              <th scope="col" class="number">
                {texts.limits.left}
              </th>
              {mayAct && (
                <th scope="col">
                  <span class="unseen">{texts.limits.clear}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {limits.map((limit) => (
              <tr key={`${limit.user} ${limit.scope}`}>
                <th scope="row">
                  <Owner name={limit.user} texts={texts} />
                  <span class="clip sub narrow-cell">{scopeText(limit.scope, texts)}</span>
                </th>
                <td class="middle-cell">{scopeText(limit.scope, texts)}</td>
                <td class="middle-cell">{reasonText(limit, texts)}</td>
                <td class="number">
                  {limit.seconds_left === null ? (
                    texts.limits.untilPaid
                  ) : (
                    <Countdown secondsLeft={limit.seconds_left} asOf={asOf} onOver={onChange} />
                  )}
                </td>
                {mayAct && (
                  <td class="row-end">
                    <ClearButton user={limit.user} onClear={() => void clear(limit.user)} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

/** Asks for confirmation: without its limit the user goes back to an upstream that refuses. */
function ClearButton({ user, onClear }: { readonly user: string; onClear(): void }) {
  const { texts } = useSettings();
  const [isAsking, setAsking] = useState(false);
  if (!isAsking) {
    return (
      <button type="button" class="button is-small" onClick={() => setAsking(true)}>
        {texts.limits.clear}
        <span class="unseen"> {user}</span>
      </button>
    );
  }
  return (
    <fieldset class="sure">
      <legend>{texts.limits.clearSure(user)}</legend>
      <button type="button" class="button is-small is-danger" ref={(element) => element?.focus()} onClick={onClear}>
        {texts.limits.clearYes}
      </button>
      <button type="button" class="button is-small is-quiet" onClick={() => setAsking(false)}>
        {texts.limits.cancel}
      </button>
    </fieldset>
  );
}

function scopeText(scope: string, { limits }: Texts): string {
  if (scope === '*') return limits.everything;
  const [fingerprint = '', modelClass] = scope.split('/', 2);
  return modelClass ? `${modelClass} · ${limits.credential(fingerprint)}` : scope;
}

function reasonText({ reason, is_drill }: Limit, { limits, story, requests }: Texts): string {
  const words = { ...story.reasons, ...limits.reasons };
  const known = Object.hasOwn(words, reason) ? words[reason]! : reason;
  return is_drill && known !== requests.drill ? `${known} (${requests.drill})` : known;
}

/** A user, or all that share a credential of the gateway's own, which the scope names. */
function Owner({ name, texts }: { readonly name: string; readonly texts: Texts }) {
  if (name.startsWith('account#')) return <span title={name}>{texts.limits.ownCredential}</span>;
  return (
    <a class="clip" href={hashOf('users', name)} title={name}>
      {name}
    </a>
  );
}
