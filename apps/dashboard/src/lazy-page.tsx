import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Loading } from './parts/load-state.js';
import type { Route } from './route.js';
import { useSettings } from './texts/settings.js';

type PageComponent = ComponentType<{ readonly route: Route }>;

/** A page whose code is loaded when it is first opened, so that the first page is there sooner. */
export function lazyPage(load: () => Promise<PageComponent>): PageComponent {
  let loaded: PageComponent | undefined;
  return function LazyPage({ route }) {
    const { texts } = useSettings();
    const [Page, setPage] = useState(() => loaded);
    const [hasFailed, setFailed] = useState(false);
    useEffect(() => {
      if (Page || hasFailed) return;
      load().then(
        (page) => {
          loaded = page;
          setPage(() => page);
        },
        () => setFailed(true),
      );
    }, [Page, hasFailed]);
    if (Page) return <Page route={route} />;
    if (!hasFailed) return <Loading lines={6} />;
    // After an upgrade of the gateway, the files of the old page are gone.
    return (
      <div class="failure" role="alert">
        <p>{texts.state.pageFailed}</p>
        <button type="button" class="button" onClick={() => location.reload()}>
          {texts.state.reload}
        </button>
      </div>
    );
  };
}
