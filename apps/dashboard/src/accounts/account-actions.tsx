import type { Account, AccountSetting } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { useSettings } from '../texts/settings.js';

interface AccountActionsProps {
  readonly account: Account;
  onDone(message: string): void;
}

export function AccountActions({ account, onDone }: AccountActionsProps) {
  const { texts } = useSettings();
  const words = texts.accounts;
  const [isAsking, setAsking] = useState(false);
  const { id, name, state, origin } = account;
  const act = async (work: () => Promise<string>) => {
    setAsking(false);
    onDone(await work().catch((error: Error) => words.failed(error.message)));
  };
  const set = (setting: AccountSetting) =>
    act(async () => {
      const changed = await gateway.changeAccount(id, { state: setting });
      return words.changed(name, words.states[changed.state] ?? changed.state);
    });
  const probe = () => act(async () => words.probed(name, (await gateway.probeAccount(id)).detail));
  const remove = () =>
    act(async () => {
      await gateway.removeAccount(id);
      return words.removed(name);
    });
  if (isAsking) {
    return (
      <fieldset class="sure">
        <legend>{words.removeSure(name)}</legend>
        <Action label={words.removeYes} isDanger onAct={remove} />
        <Action label={words.cancel} onAct={() => setAsking(false)} />
      </fieldset>
    );
  }
  const isOff = state === 'paused' || state === 'draining';
  return (
    <div class="actions">
      {isOff ? (
        <Action label={words.resume} of={name} onAct={() => set('active')} />
      ) : (
        <>
          <Action label={words.pause} of={name} onAct={() => set('paused')} />
          <Action label={words.drain} of={name} onAct={() => set('draining')} />
        </>
      )}
      <Action label={words.probe} of={name} onAct={probe} />
      {origin === 'stored' && <Action label={words.remove} of={name} onAct={() => setAsking(true)} />}
    </div>
  );
}

interface ActionProps {
  readonly label: string;
  /** For screen readers: the account that the button acts on. */
  readonly of?: string;
  readonly isDanger?: boolean;
  onAct(): unknown;
}

function Action({ label, of, isDanger = false, onAct }: ActionProps) {
  return (
    <button type="button" class={`button is-small${isDanger ? ' is-danger' : ''}`} onClick={() => void onAct()}>
      {label}
      {of !== undefined && <span class="unseen"> {of}</span>}
    </button>
  );
}
