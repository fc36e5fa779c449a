import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { GatewayStateContext, useGatewayState, useOwnGatewayState } from './api/gateway-state.js';
import { LiveFeed } from './api/live-feed.js';
import { LiveFeedContext } from './api/use-live.js';
import { usePolled } from './api/use-polled.js';
import { lazyPage } from './lazy-page.js';
import { LimitsPage } from './limits/limits-page.js';
import { MePage } from './me/me-page.js';
import { Navigation } from './navigation.js';
import { OverviewPage } from './overview/overview-page.js';
import { lightOf } from './overview/shown-verdict.js';
import { Mark } from './parts/icons.js';
import { Preferences } from './preferences.js';
import { ReadinessContext } from './readiness.js';
import { RequestDrawer } from './requests/request-drawer.js';
import { RequestsPage } from './requests/requests-page.js';
import { isOfOneTeam, type Viewer, ViewerContext } from './role.js';
import { PAGES, type Page, type Route, useRoute } from './route.js';
import { SessionsPage } from './sessions/sessions-page.js';
import { useSettings } from './texts/settings.js';
import { UserPage } from './users/user-page.js';
import { UsersPage } from './users/users-page.js';

const AccessPage = lazyPage(() => import('./access/access-page.js').then(({ AccessPage }) => AccessPage));
const AuditPage = lazyPage(() => import('./access/audit-page.js').then(({ AuditPage }) => AuditPage));
const AccountsPage = lazyPage(() => import('./accounts/accounts-page.js').then(({ AccountsPage }) => AccountsPage));
const ConnectPage = lazyPage(() => import('./connect/connect-page.js').then(({ ConnectPage }) => ConnectPage));
const MaskingPage = lazyPage(() => import('./masking/masking-page.js').then(({ MaskingPage }) => MaskingPage));
const MoneyPage = lazyPage(() => import('./money/money-page.js').then(({ MoneyPage }) => MoneyPage));
const SettingsPage = lazyPage(() => import('./settings/settings-page.js').then(({ SettingsPage }) => SettingsPage));

const READINESS_SECONDS = 20;
const USER_PAGES: readonly Page[] = ['me', 'requests', 'sessions', 'connect'];

const TEAM_PAGES: readonly Page[] = ['access', 'requests', 'connect'];

function pagesFor(viewer: Viewer): readonly Page[] {
  if (isOfOneTeam(viewer)) return TEAM_PAGES;
  if (viewer.role === 'user') return USER_PAGES;
  return PAGES.filter((page) => page !== 'me' && (page !== 'settings' || viewer.role === 'admin'));
}

/** What stands around every page: navigation, and what all pages share. */
interface ShellProps {
  /** Undefined where there is nothing to sign out of. */
  readonly signOut: (() => void) | undefined;
  readonly viewer: Viewer;
}

export function Shell({ signOut, viewer }: ShellProps) {
  const { texts } = useSettings();
  const asked = useRoute();
  const pages = pagesFor(viewer);
  // The feed has requests of all users.
  const hasFeed = viewer.role !== 'user' && !isOfOneTeam(viewer);
  const route = pages.includes(asked.page) ? asked : { ...asked, page: pages[0]! };
  const readiness = usePolled('readiness', READINESS_SECONDS, (gateway, signal) => gateway.readiness(signal));
  const [feed, setFeed] = useState<LiveFeed>();
  useEffect(() => {
    if (!hasFeed) return;
    const opened = new LiveFeed();
    setFeed(opened);
    return () => opened.close();
  }, []);
  const state = useOwnGatewayState(feed);
  return (
    <ViewerContext.Provider value={viewer}>
      <LiveFeedContext.Provider value={feed}>
        <GatewayStateContext.Provider value={state}>
          <ReadinessContext.Provider value={readiness}>
            <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
              {texts.skipToContent}
            </button>
            <div class="shell">
              <header class="side">
                <p class="brand">
                  <Mark />
                  {texts.name}
                </p>
                <Navigation current={route.page} pages={pages} />
                <div class="side-foot">
                  {hasFeed && <FeedLight />}
                  <Preferences />
                  {signOut && (
                    <button type="button" class="button is-quiet" onClick={signOut}>
                      {texts.settings.signOut}
                    </button>
                  )}
                </div>
              </header>
              <Content route={route} />
            </div>
            <RequestDrawer route={route} />
          </ReadinessContext.Provider>
        </GatewayStateContext.Provider>
      </LiveFeedContext.Provider>
    </ViewerContext.Provider>
  );
}

function Content({ route }: { readonly route: Route }) {
  const { texts, format } = useSettings();
  const { version } = useContext(ViewerContext);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const place = `${route.page}/${route.argument ?? ''}`;
  useEffect(() => {
    document.title = `${route.argument ?? texts.pages[route.page]} · ${texts.name}`;
  }, [place, texts]);
  useEffect(() => {
    // A new page begins at its top, for eyes and for screen readers; the first one is where the browser is already.
    if (!isFirst.current) {
      main.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [place]);
  return (
    <main id="content" tabIndex={-1} ref={main} key={place}>
      <PageOf route={route} />
      <p class="zone">
        {texts.settings.zoneIs(format.zone)}
        {version !== undefined && ` · ${texts.settings.versionIs(version)}`}
      </p>
    </main>
  );
}

function PageOf({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'overview':
      return <OverviewPage route={route} />;
    case 'users':
      return route.argument === undefined ? (
        <UsersPage route={route} />
      ) : (
        <UserPage route={route} user={route.argument} />
      );
    case 'requests':
      return <RequestsPage route={route} />;
    case 'sessions':
      return <SessionsPage route={route} />;
    case 'accounts':
      return <AccountsPage route={route} />;
    case 'limits':
      return <LimitsPage />;
    case 'masking':
      return <MaskingPage route={route} />;
    case 'access':
      return <AccessPage route={route} />;
    case 'audit':
      return <AuditPage route={route} />;
    case 'me':
      return <MePage route={route} />;
    case 'money':
      return <MoneyPage route={route} />;
    case 'settings':
      return <SettingsPage route={route} />;
    case 'connect':
      return <ConnectPage route={route} />;
  }
}

function FeedLight() {
  const { texts } = useSettings();
  const state = useGatewayState();
  if (!state) return null;
  const light = lightOf(state);
  const words = {
    open: texts.state.live,
    connecting: texts.state.connecting,
    waiting: texts.state.reconnecting,
    draining: texts.state.draining,
    resting: texts.state.resting,
    unreachable: texts.state.gone,
  };
  return (
    <p class={`feed-light is-${light}`}>
      <i aria-hidden="true" />
      {words[light]}
    </p>
  );
}
