/**
 * `npm run words`: fails on words that make comments, messages and docs hard to read. The list is the checked part of
 * the rules for language in CONTRIBUTING.md. A line that quotes another project carries the marker, in a comment.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const WORDS = 'whoever|nobody|somebody|whom|is told|are told|is no|stands? in|struck|lets? go'; // words: quoted
/** A word pair may continue on the next line, behind the start of its comment. */
const PATTERN = new RegExp(`\\b(?:${WORDS.replaceAll(' ', '[\\s*/#>]+')})(?![\\w-])`, 'gi');

const MARKER = 'words: quoted';
const MAX_MARKED_LINES = 9;

const TEXT_FILE = /(?:\.(?:[cm]?[jt]s|tsx|css|html|json|md|toml|conf|ya?ml)|(?:^|\/)(?:Dockerfile|run))$/;
/** Fields of the HTTP API that clients use already. */
const PUBLISHED_NAMES = /\bstruck: |\.struck\b/g;
/** Generated files and recordings of other programs. */
const FOREIGN_FILES = new Set(['package-lock.json', 'recorded.json', 'command-line.schema.json', 'openapi.json']);

const ROOT = join(import.meta.dirname, '..');

function trackedFiles() {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  return listed
    .toString()
    .split('\0')
    .filter((path) => TEXT_FILE.test(path) && !FOREIGN_FILES.has(basename(path)) && existsSync(join(ROOT, path)));
}

function lineNumberAt(text, offset) {
  return text.slice(0, offset).split('\n').length;
}

function findingsIn(path) {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const searched = text.replaceAll(PUBLISHED_NAMES, (name) => ' '.repeat(name.length));
  const lines = text.split('\n');
  return [...searched.matchAll(PATTERN)].map(({ 0: found, index }) => {
    const line = lineNumberAt(text, index);
    return { path, line, word: found.replaceAll(/[\s*/#>]+/g, ' '), isMarked: lines[line - 1].includes(MARKER) };
  });
}

const findings = trackedFiles().flatMap(findingsIn);
const unmarked = findings.filter(({ isMarked }) => !isMarked);
for (const { path, line, word } of unmarked) process.stderr.write(`${path}:${line}: "${word}"\n`);
if (unmarked.length > 0) {
  process.stderr.write(
    `${unmarked.length} findings. Say who does what: "the caller", "the fallback upstream", "is reported", "is not a".\n`,
  );
  process.exitCode = 1;
}

const marked = new Set(findings.filter(({ isMarked }) => isMarked).map(({ path, line }) => `${path}:${line}`));
if (marked.size > MAX_MARKED_LINES) {
  process.stderr.write(`${marked.size} lines carry "${MARKER}"; at most ${MAX_MARKED_LINES} may.\n`);
  process.exitCode = 1;
}
