import { useState } from 'preact/hooks';
import { useLive } from '../api/use-live.js';
import { usePolled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';
import { Loaded } from '../parts/load-state.js';
import { useMayAct } from '../role.js';
import { useSettings } from '../texts/settings.js';
import { AccountForm } from './account-form.js';
import { AccountTable } from './account-table.js';

const REFRESH_SECONDS = 10;

/** The operator's API keys: their states, what is left of their limits, and what they have served. */
export function AccountsPage() {
  const { texts } = useSettings();
  const mayAct = useMayAct();
  const [message, setMessage] = useState('');
  const accounts = usePolled('accounts', REFRESH_SECONDS, (gateway, signal) => gateway.accounts(signal));
  useLive((event) => {
    if (event.type === 'accounts') accounts.refresh();
  });
  const onDone = (text: string) => {
    setMessage(text);
    accounts.refresh();
  };
  return (
    <>
      <header class="page-head">
        <h1>{texts.pages.accounts}</h1>
        <Freshness of={accounts} />
      </header>
      <p class={message ? 'notice' : 'unseen'} role="status">
        {message}
      </p>
      <section class="panel is-table" aria-labelledby="accounts">
        <h2 id="accounts">{texts.accounts.accounts}</h2>
        <p class="lead">{texts.accounts.lead}</p>
        <Loaded of={accounts} lines={3}>
          {({ accounts: list }) => <AccountTable accounts={list} onDone={onDone} />}
        </Loaded>
      </section>
      {mayAct && (
        <section class="panel" aria-labelledby="add-account">
          <h2 id="add-account">{texts.accounts.add}</h2>
          <p class="lead">{texts.accounts.addLead}</p>
          <AccountForm onDone={onDone} />
        </section>
      )}
    </>
  );
}
