const CAPITAL_A = 0x41;
const CAPITAL_Z = 0x5a;

export function isIn(characters: string, character: string | undefined): boolean {
  return character !== undefined && characters.includes(character);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isLowerOrDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x7a);
}

export function isCapital(code: number): boolean {
  return code >= CAPITAL_A && code <= CAPITAL_Z;
}

export function isCapitalOrDigit(code: number): boolean {
  return isCapital(code) || isDigit(code);
}
