const day = (year: number, month: number): string => new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);

/** The user's calendar day "2026-10-31". */
export const dayOf = (now: Date): string => new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())).toISOString().slice(0, 10);

/** The days of a month "2026-10" or a year "2026"; the last one is exclusive. */
export function daysOf(period: string): { from_on: string; until_on: string } {
  const [year = 0, month] = period.split('-').map(Number);
  return month === undefined ? { from_on: day(year, 0), until_on: day(year + 1, 0) } : { from_on: day(year, month - 1), until_on: day(year, month) };
}

const MONTHS = 24;

/** The periods that can be chosen, the newest first: two years of months, and the years that they lie in. */
export function periodsUntil(now: Date): string[] {
  const months = Array.from({ length: MONTHS }, (_, back) => new Date(Date.UTC(now.getFullYear(), now.getMonth() - back, 1)).toISOString().slice(0, 7));
  const years = [...new Set(months.map((month) => month.slice(0, 4)))];
  return [...years, ...months];
}

/** "October 2026" of a month "2026-10" or one of its days, "2026" of a year. */
export function periodName(period: string, locale: string): string {
  const [year = 0, month] = period.split('-').map(Number);
  return new Intl.DateTimeFormat(locale, { year: 'numeric', month: month === undefined ? undefined : 'long', timeZone: 'UTC' }).format(Date.UTC(year, (month ?? 1) - 1));
}
