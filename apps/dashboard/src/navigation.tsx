import type { TargetedKeyboardEvent } from 'preact';
import { useState } from 'preact/hooks';
import { MoreIcon, PageIcon } from './parts/icons.js';
import { hashOf, type Page } from './route.js';
import { useSettings } from './texts/settings.js';

/** As many as fit beside each other on a phone, with a button for the others. */
const ON_PHONE = 4;

interface NavigationProps {
  readonly current: Page;
  readonly pages: readonly Page[];
}

/** All pages. On a phone the first ones are at the bottom, and a button shows the others. */
export function Navigation({ current, pages }: NavigationProps) {
  const { texts } = useSettings();
  const [isOpen, setOpen] = useState(false);
  const hasMore = pages.length > ON_PHONE + 1;
  const isFurther = (page: Page) => hasMore && pages.indexOf(page) >= ON_PHONE;
  const onKeyDown = ({ key }: TargetedKeyboardEvent<HTMLElement>) => {
    if (key === 'Escape') setOpen(false);
  };
  return (
    <nav aria-label={texts.navigation} class={isOpen ? 'is-open' : undefined} onKeyDown={onKeyDown}>
      <ul id="pages">
        {pages.map((page) => (
          <li key={page} class={isFurther(page) ? 'is-further' : undefined}>
            <a
              href={hashOf(page)}
              aria-current={page === current ? 'page' : undefined}
              aria-label={texts.pages[page]}
              onClick={() => setOpen(false)}
            >
              <PageIcon page={page} />
              <span class="wide-only">{texts.pages[page]}</span>
              <span class="narrow-only">{texts.pagesShort[page]}</span>
            </a>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button
          type="button"
          class={isFurther(current) ? 'more-pages is-current' : 'more-pages'}
          aria-expanded={isOpen}
          aria-controls="pages"
          onClick={() => setOpen(!isOpen)}
        >
          <MoreIcon />
          {texts.morePages}
        </button>
      )}
    </nav>
  );
}
