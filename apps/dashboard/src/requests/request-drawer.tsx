import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { usePolled } from '../api/use-polled.js';
import { ArrowIcon, CloseIcon } from '../parts/icons.js';
import { Empty, Failure, Loading } from '../parts/load-state.js';
import { hashOf, type Route, replaceHash } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { RequestStory } from './request-story.js';
import { neighborOf, storyLink } from './story-links.js';

/** A request does not change any more once it is in the log. */
const NEVER_AGAIN_SECONDS = 86_400;
/** Where there is room for the list beside the drawer; as in `shell.css`. */
const IS_WIDE = '(min-width: 60rem)';
const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowUp: -1, ArrowDown: 1 };

/**
 * The story of the request that the address names with `open=`. Beside the list, which stays in use, where there is room;
 * else a modal dialog. The arrow keys go on to the next story of the list.
 */
export function RequestDrawer({ route }: { readonly route: Route }) {
  const { texts } = useSettings();
  const id = route.query.get('open');
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = useRef<string>(undefined);
  useEffect(() => {
    const element = dialog.current!;
    if (id !== null) {
      if (!element.open) matchMedia(IS_WIDE).matches ? element.show() : element.showModal();
      shown.current = id;
      storyLink(id)?.scrollIntoView({ block: 'nearest' });
    } else if (element.open) {
      const hadFocus = element.contains(document.activeElement);
      element.close();
      // The browser returns to the story that was opened first.
      if (hadFocus && shown.current) storyLink(shown.current)?.focus({ preventScroll: true });
    }
  }, [id]);

  const forget = () => {
    const { open: _, ...query } = Object.fromEntries(route.query);
    location.hash = hashOf(route.page, route.argument, query);
  };
  const latest = useRef(forget);
  latest.current = forget;
  useEffect(() => {
    if (id === null) return;
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') latest.current();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [id]);
  const step = (by: 1 | -1) => {
    const next = id === null ? undefined : neighborOf(id, by);
    if (next) replaceHash(next.hash);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDialogElement>) => {
    const by = STEPS[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(by);
  };
  return (
    <dialog
      ref={dialog}
      class="drawer"
      aria-labelledby="drawer-title"
      onClose={() => id !== null && forget()}
      onKeyDown={onKeyDown}
      onClick={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
    >
      <div class="drawer-inside">
        <div class="drawer-head">
          <h2 id="drawer-title">{texts.story.title}</h2>
          <IconButton label={texts.story.previous} onClick={() => step(-1)}>
            <ArrowIcon isUp />
          </IconButton>
          <IconButton label={texts.story.next} onClick={() => step(1)}>
            <ArrowIcon />
          </IconButton>
          <IconButton label={texts.story.close} onClick={forget}>
            <CloseIcon />
          </IconButton>
        </div>
        {id !== null && <Detail id={id} />}
      </div>
    </dialog>
  );
}

interface IconButtonProps {
  readonly label: string;
  readonly children: ComponentChildren;
  onClick(): void;
}

function IconButton({ label, children, onClick }: IconButtonProps) {
  return (
    <button type="button" class="button is-quiet is-icon" aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
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
