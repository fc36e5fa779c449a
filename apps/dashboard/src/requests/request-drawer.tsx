import { useEffect, useRef } from 'preact/hooks';
import { usePolled } from '../api/use-polled.js';
import { CloseIcon } from '../parts/icons.js';
import { Empty, Failure, Loading } from '../parts/load-state.js';
import { hashOf, type Route } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { RequestStory } from './request-story.js';

/** An exchange does not change any more once it is in the log. */
const NEVER_AGAIN_SECONDS = 86_400;

/**
 * The story of the exchange that the address names with `open=`. A modal dialog: the browser keeps the focus inside,
 * closes it on Escape and gives the focus back to where it was.
 */
export function RequestDrawer({ route }: { readonly route: Route }) {
  const { texts } = useSettings();
  const id = route.query.get('open');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (id !== null && element && !element.open) element.showModal();
    if (id === null && element?.open) element.close();
  }, [id]);

  const forget = () => {
    const { open: _, ...query } = Object.fromEntries(route.query);
    location.hash = hashOf(route.page, route.argument, query);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape and the button do the same; this is the click beside the drawer
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="drawer-title"
      onClose={() => id !== null && forget()}
      onClick={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
    >
      <div class="drawer-inside">
        <header>
          <h2 id="drawer-title">{texts.story.title}</h2>
          <button type="button" class="button is-quiet is-icon" aria-label={texts.story.close} onClick={forget}>
            <CloseIcon />
          </button>
        </header>
        {id !== null && <Detail id={id} />}
      </div>
    </dialog>
  );
}

function Detail({ id }: { readonly id: string }) {
  const { texts } = useSettings();
  const detail = usePolled(`request ${id}`, NEVER_AGAIN_SECONDS, (gateway, signal) => gateway.request(id, signal));
  if (detail.data) return <RequestStory detail={detail.data} />;
  if (detail.error?.status === 404) return <Empty title={texts.story.gone} />;
  if (detail.error) return <Failure error={detail.error} onRetry={detail.refresh} />;
  return <Loading lines={5} />;
}
