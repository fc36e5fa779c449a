import { useState } from 'preact/hooks';
import { gatewayAddress } from '../api/gateway-address.js';
import { Copyable } from '../parts/copyable.js';
import { Segmented } from '../parts/segmented.js';
import { type Route, replaceQuery } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { ConnectionCheck } from './connection-check.js';
import { openAiSnippets } from './openai-snippets.js';
import { baseUrlOf, curl, isUserId, python, settingsFile, shell, typescript } from './snippets.js';

/** Everything a client needs, ready to copy. */
export function ConnectPage({ route }: { readonly route: Route }) {
  const { texts } = useSettings();
  const { connect } = texts;
  const [user, setUser] = useState(route.query.get('user') ?? '');
  const [credential, setCredential] = useState<'own' | 'shared'>('own');
  const isGood = user === '' || isUserId(user);
  const baseUrl = baseUrlOf(gatewayAddress, isGood ? user : '');
  const connection = { baseUrl, isKeyShared: credential === 'shared' };
  const onUser = (next: string) => {
    setUser(next);
    replaceQuery(route, next === '' ? {} : { user: next });
  };
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
            onInput={({ currentTarget }) => onUser(currentTarget.value.trim())}
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
        <ConnectionCheck user={isGood ? user : ''} />
      </section>
      <h2 class="group">{connect.claudeCode}</h2>
      <div class="columns">
        <Copyable title={connect.settingsFile} text={settingsFile(connection)} />
        <Copyable title={connect.shell} text={shell(connection)} />
      </div>
      <h2 class="group">SDK</h2>
      <div class="columns">
        <Copyable title={connect.typescript} text={typescript(connection)} />
        <Copyable title={connect.python} text={python(connection)} />
      </div>
      <h2 class="group">OpenAI</h2>
      <div class="columns">
        {openAiSnippets(connection).map(({ title, text }) => (
          <Copyable key={title} title={title} text={text} />
        ))}
      </div>
      <h2 class="group">HTTP</h2>
      <Copyable title={connect.curl} text={curl(connection)} />
    </>
  );
}
