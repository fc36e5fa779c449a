/** Two versions work together if they are at most one minor version apart. Undefined if they are. */
export function versionSkew(own: string, gateway: string): string | undefined {
  const [ownMajor, ownMinor] = numbersOf(own);
  const [major, minor] = numbersOf(gateway);
  if (ownMajor === undefined || major === undefined) return undefined;
  if (ownMajor === major && Math.abs(ownMinor! - minor!) <= 1) return undefined;
  const older = ownMajor < major || (ownMajor === major && ownMinor! < minor!) ? 'ccp' : 'the gateway';
  return `ccp ${own} and the gateway ${gateway} are more than one minor version apart; update ${older}.`;
}

function numbersOf(version: string): (number | undefined)[] {
  const match = /^(\d+)\.(\d+)/.exec(version);
  return match ? [Number(match[1]), Number(match[2])] : [];
}
