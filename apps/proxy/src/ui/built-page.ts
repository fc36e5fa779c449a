import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** The smaller result first. */
export const CODINGS = ['br', 'gzip'] as const;
type Coding = (typeof CODINGS)[number];

export interface Asset {
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly etag: string;
  /** Its name changes with its content, so it may be kept for ever. */
  readonly isHashed: boolean;
  /** Undefined where it would not be smaller. */
  compressed(coding: Coding): Buffer | undefined;
}

/** The files of the page by their path below `/ui/`; empty where the page has not been built. */
export type BuiltPage = ReadonlyMap<string, Asset>;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
/** Seen from the sources, then from `dist/apps/proxy/src/ui`. The page's own sources hold no `index.html` there. */
const FOLDERS = ['../../../../dist/apps/dashboard/', '../../../dashboard/'];
/** Vite's form: `index-Dk3_9xQa.js`. */
const HASHED_NAME = /^assets\/.+-[\w-]{8}\.\w+$/;

export function readBuiltPage(): BuiltPage {
  for (const folder of FOLDERS) {
    const page = readPageIn(fileURLToPath(new URL(folder, import.meta.url)));
    if (page.has('index.html')) return page;
  }
  return new Map();
}

/** Empty without a finished build, also while one is being replaced. */
export function readPageIn(folder: string): BuiltPage {
  try {
    readFileSync(join(folder, 'index.html'));
    return new Map(pathsIn(folder).map((path) => [path, assetOf(path, join(folder, path))]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
}

function pathsIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .filter(({ name }) => CONTENT_TYPES[extname(name)] !== undefined)
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'));
}

function assetOf(name: string, file: string): Asset {
  const bytes = readFileSync(file);
  /** Read or made for its first reader: most processes never serve the page. */
  const made = new Map<Coding, Buffer>();
  return {
    contentType: CONTENT_TYPES[extname(name)]!,
    bytes,
    etag: `W/"${hash('sha256', bytes).slice(0, 16)}"`,
    isHashed: HASHED_NAME.test(name),
    compressed(coding) {
      const compressed = made.get(coding) ?? compressedCopy(coding, file, bytes);
      made.set(coding, compressed);
      return compressed.length < bytes.length ? compressed : undefined;
    },
  };
}

/** The build has made the copy in brotli, whose best quality would hold the event loop for half a second. */
function compressedCopy(coding: Coding, file: string, bytes: Buffer): Buffer {
  if (coding === 'gzip') return gzipSync(bytes);
  return existsSync(`${file}.br`) ? readFileSync(`${file}.br`) : bytes;
}
