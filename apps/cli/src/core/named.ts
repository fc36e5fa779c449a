import { CliError } from './cli-error.js';
import { EXIT } from './exit-codes.js';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * The object with this id or name, or with the only id or name that begins so. Never a position: those move.
 *
 * @throws CliError that lists the candidates
 */
export function named<Item extends Named>(items: readonly Item[], reference: string, kind: string): Item {
  const exact = items.filter(({ id, name }) => id === reference || name === reference);
  const found =
    exact.length > 0 ? exact : items.filter(({ id, name }) => id.startsWith(reference) || name.startsWith(reference));
  if (found.length === 1 && reference !== '') return found[0]!;
  const names = (of: readonly Item[]) => of.map(({ id, name }) => `${name} (${id})`).join(', ');
  if (found.length > 1)
    throw new CliError(
      EXIT.notFound,
      `"${reference}" fits several: ${names(found)}`,
      'Give the id, or more of the name.',
    );
  const known = items.length === 0 ? 'None exists.' : `Known: ${names(items.slice(0, 10))}.`;
  throw new CliError(EXIT.notFound, `No ${kind} is called "${reference}". ${known}`);
}
