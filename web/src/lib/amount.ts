/**
 * Minor units of what somebody typed, with a point or a comma before the fraction; null if it is no amount above
 * nothing. Digits are moved as text, because a float would lose some.
 */
export function minorOf(typed: string, digits: number): number | null {
  const match = /^(\d{1,12})(?:[.,](\d+))?$/.exec(typed.trim());
  if (!match) return null;
  const fraction = match[2] ?? '';
  if (fraction.length > digits) return null;
  const minor = Number(`${match[1]}${fraction.padEnd(digits, '0')}`);
  return minor > 0 && Number.isSafeInteger(minor) ? minor : null;
}
