import type { ComponentChildren } from 'preact';
import type { Page } from '../route.js';

/** Drawn for this page, one stroke width, the colour of the text around. */
function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export function PageIcon({ page }: { readonly page: Page }) {
  return <Icon>{PAGE_ICONS[page]}</Icon>;
}

const PAGE_ICONS: Readonly<Record<Page, ComponentChildren>> = {
  overview: <path d="M3 11h3l2.5-6 3.5 10 2.2-4H17" />,
  money: (
    <path d="M10 3.500v13M13.500 6.500c-.7-1-1.900-1.500-3.500-1.500-2 0-3.500 1-3.500 2.500S8 9.700 10 10s3.500 1 3.500 2.500S12 15 10 15c-1.600 0-2.800-.5-3.500-1.500" />
  ),
  settings: (
    <>
      <circle cx="10" cy="10" r="2.600" />
      <path d="M10 3v2.500M10 14.500V17M3 10h2.500M14.500 10H17M5 5l1.800 1.800M13.200 13.200 15 15M15 5l-1.800 1.800M6.800 13.200 5 15" />
    </>
  ),
  users: (
    <>
      <circle cx="10" cy="7" r="3.2" />
      <path d="M4 16.5c.8-3 3-4.3 6-4.3s5.2 1.3 6 4.3" />
    </>
  ),
  sessions: <path d="M3 15V9M7 15V5M11 15v-4M15 15V7M3 17.5h14" />,
  requests: <path d="M3.5 5.500h13M3.5 10h13M3.5 14.500h8" />,
  limits: (
    <>
      <path d="M4 14.500a7 7 0 1 1 12 0" />
      <path d="M10 11.500l3-4" />
    </>
  ),
  accounts: (
    <>
      <circle cx="7" cy="12" r="3.200" />
      <path d="M9.300 9.700 16 3M13.500 5.500l2.500 2.500" />
    </>
  ),
  masking: <path d="M10 3l6 2.5v4c0 3.500-2.5 6-6 7.500-3.500-1.500-6-4-6-7.500v-4zM7.500 10h5" />,
  access: (
    <>
      <circle cx="7" cy="13" r="3.2" />
      <path d="M9.300 10.700 16 4M13 7l2.500 2.500" />
    </>
  ),
  audit: <path d="M5 3.500h10v13H5zM7.500 7h5M7.500 10h5M7.500 13h3" />,
  me: (
    <>
      <circle cx="10" cy="10" r="7" />
      <path d="M7 13.500c.6-1.500 1.600-2.200 3-2.200s2.400.7 3 2.200M10 6.500v2" />
    </>
  ),
  connect: <path d="M8 12l4-4M7 8.5 5 10.500a3 3 0 0 0 4.3 4.300l2-2M13 11.500l2-2A3 3 0 0 0 10.7 5.200l-2 2" />,
};

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="mark-bedrock" d="M5 10h8c4 0 4 12 8 12h6" />
      <path class="mark-anthropic" d="M5 10h22" />
    </svg>
  );
}

export function ArrowIcon({ isUp = false }: { readonly isUp?: boolean }) {
  return (
    <Icon>
      <path d={isUp ? 'M4.500 12.500 10 7l5.500 5.500' : 'M4.500 7.500 10 13l5.500-5.500'} />
    </Icon>
  );
}

export function MoreIcon() {
  return (
    <Icon>
      <path d="M3.500 5.500h13M3.500 10h13M3.500 14.500h13" />
    </Icon>
  );
}

export function CloseIcon() {
  return (
    <Icon>
      <path d="M5 5l10 10M15 5 5 15" />
    </Icon>
  );
}
