import type { Limit } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { SureButton } from '../access/sure-button.js';
import { gateway } from '../api/gateway.js';
import { Empty } from '../parts/load-state.js';
import { TableHead } from '../parts/table-head.js';
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
          <TableHead
            columns={[
              [texts.users.user],
              [texts.limits.scope, 'middle-cell'],
              [texts.limits.reason, 'middle-cell'],
              [texts.limits.left, 'number'],
            ]}
            acts={mayAct && texts.limits.clear}
          />
          <tbody>
            {limits.map((limit, index) => (
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
                    {isFirstOfUser(limits, index) && (
                      <SureButton
                        label={texts.limits.clear}
                        name={limit.user}
                        question={texts.limits.clearSure(limit.user)}
                        isDanger
                        onSure={() => void clear(limit.user)}
                      />
                    )}
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

/** Clearing ends all limits of a user, so one button is enough. */
function isFirstOfUser(limits: readonly Limit[], index: number): boolean {
  return limits.findIndex(({ user }) => user === limits[index]!.user) === index;
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
