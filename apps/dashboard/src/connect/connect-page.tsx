import { useState } from 'preact/hooks';
import { gatewayAddress } from '../api/gateway-address.js';
import { Copyable } from '../parts/copyable.js';
import { Segmented } from '../parts/segmented.js';
import { type Route, replaceQuery } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { clientsOf, teamInstruction } from './clients.js';
import { ConnectionCheck } from './connection-check.js';
import { baseUrlOf, isUserId } from './snippets.js';

const TEAM = 'team';

/** Everything a client needs, ready to copy. */
export function ConnectPage({ route }: { readonly route: Route }) {
  const { texts } = useSettings();
  const { connect } = texts;
  const [user, setUser] = useState(route.query.get('user') ?? '');
  const [credential, setCredential] = useState<'own' | 'shared'>('own');
  const isGood = user === '' || isUserId(user);
  const baseUrl = baseUrlOf(gatewayAddress, isGood ? user : '');
  const connection = { baseUrl, isKeyShared: credential === 'shared' };
  const clients = clientsOf(connection, connect);
  const tab = route.query.get('client') ?? clients[0]!.id;
  const change = (next: Readonly<Record<string, string>>) => {
    const query = { user, client: tab, ...next };
    replaceQuery(route, Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')));
  };
  const shown = clients.find(({ id }) => id === tab);
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{texts.pages.connect}</h1>
          <p class="lead">{connect.lead}</p>
        </div>
      </header>
      <section class="panel connect-choices">
        <label class="field">
          <span>{connect.user}</span>
          <input
            type="text"
            name="user"
            autocomplete="off"
            spellcheck={false}
            placeholder="alice"
            value={user}
            aria-invalid={!isGood}
            aria-describedby="user-hint"
            onInput={({ currentTarget }) => {
              setUser(currentTarget.value.trim());
              change({ user: currentTarget.value.trim() });
            }}
          />
          <small id="user-hint" class={isGood ? 'hint' : 'problem'}>
            {isGood ? connect.userHint : connect.userWrong}
          </small>
        </label>
        <div class="field">
          <span aria-hidden="true">{connect.credential}</span>
          <Segmented
            legend={connect.credential}
            value={credential}
            choices={[
              { value: 'own', label: connect.own },
              { value: 'shared', label: connect.shared },
            ]}
            onChange={(next) => setCredential(next)}
          />
          {credential === 'shared' && <small class="hint">{connect.sharedHint}</small>}
        </div>
        <div class="field">
          <span>{connect.address}</span>
          <output class="address">{baseUrl}</output>
        </div>
        <ConnectionCheck user={isGood ? user : ''} needsKey={credential === 'own'} />
      </section>
      <div class="bar">
        <Segmented
          legend={connect.client}
          value={tab}
          choices={[
            ...clients.map(({ id, name }) => ({ value: id, label: name })),
            { value: TEAM, label: connect.team },
          ]}
          onChange={(client) => change({ client })}
        />
      </div>
      <h2 class="unseen">{shown?.name ?? connect.team}</h2>
      <div class="columns">
        {shown?.snippets.map(({ title, text }) => (
          <Copyable key={title} title={title} text={text} />
        ))}
      </div>
      {tab === TEAM && (
        <Copyable
          title={connect.teamTitle}
          text={teamInstruction(gatewayAddress, credential === 'shared', connect.teamWords)}
        />
      )}
    </>
  );
}
