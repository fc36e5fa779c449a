import { writeFileSync } from 'node:fs';

/** Writes into the file that the command line names, else to the standard output. */
export function print(text: string): void {
  const [, , path] = process.argv;
  if (path === undefined) process.stdout.write(text);
  else writeFileSync(path, text);
}
