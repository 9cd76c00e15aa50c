import type { InsightFigures } from '../../api/client';

export const figureIds = ['opened', 'resolved', 'backlog', 'respond', 'resolve', 'firstFix', 'kept', 'stars'] as const;
export type FigureId = (typeof figureIds)[number];

/** What the number counts: things, minutes, thousandths of a whole, or hundredths of a star. */
export type Unit = 'count' | 'minutes' | 'permille' | 'hundredths';

export interface Figure {
  id: FigureId;
  unit: Unit;
  /**
   * Which way is good. Neither for what says nothing about the service, and for what two periods cannot be judged by:
   * the cases of the earlier one have had longer to be resolved.
   */
  better: 'more' | 'less' | 'neither';
  /** -1: there is nothing to say it from. */
  read: (figures: InsightFigures) => number;
  /** What nine of ten stay within, beside the median. */
  tail?: (figures: InsightFigures) => number;
}

export const figures: readonly Figure[] = [
  { id: 'opened', unit: 'count', better: 'neither', read: ({ opened }) => opened },
  { id: 'resolved', unit: 'count', better: 'neither', read: ({ resolved }) => resolved },
  { id: 'backlog', unit: 'count', better: 'neither', read: ({ backlog }) => backlog },
  { id: 'respond', unit: 'minutes', better: 'less', read: ({ respond_minutes_p50: p50 }) => p50, tail: ({ respond_minutes_p90: p90 }) => p90 },
  { id: 'resolve', unit: 'minutes', better: 'less', read: ({ resolve_minutes_p50: p50 }) => p50, tail: ({ resolve_minutes_p90: p90 }) => p90 },
  { id: 'firstFix', unit: 'permille', better: 'more', read: ({ first_fix_permille: share }) => share },
  { id: 'kept', unit: 'permille', better: 'more', read: ({ kept_permille: share }) => share },
  { id: 'stars', unit: 'hundredths', better: 'more', read: ({ stars_hundredths: stars }) => stars },
];

export interface Change {
  /** By how much: a share of the value before for counts, minutes and money, else the difference in the unit itself. */
  by: number;
  verdict: 'better' | 'worse' | 'neutral' | 'same';
}

/** Below this much a change is shown as none: half of what is the last digit on the screen. */
const least: Record<Unit, number> = { count: 0.005, minutes: 0.005, permille: 5, hundredths: 1 };

/** How a value stands against the one before; null where one of them is unknown, or where nothing can be divided by. */
export function compare(unit: Unit, better: Figure['better'], now: number, before: number): Change | null {
  const relative = unit === 'count' || unit === 'minutes';
  if (now < 0 || before < 0 || (relative && before === 0)) return null;
  const by = relative ? (now - before) / before : now - before;
  if (Math.abs(by) < least[unit]) return { by: 0, verdict: 'same' };
  if (better === 'neither') return { by, verdict: 'neutral' };
  return { by, verdict: by > 0 === (better === 'more') ? 'better' : 'worse' };
}

export interface Cost {
  currency: string;
  /** The mean of the cases that were charged in this currency, in minor units. */
  minor: number;
  cases: number;
}

/** The mean cost of a case in each currency, the most frequent first; currencies are never added up. */
export function costs({ cost = {}, cost_cases: cases = {} }: InsightFigures): Cost[] {
  return Object.entries(cost)
    .map(([currency, minor]) => ({ currency, cases: cases[currency] ?? 0, minor: Math.round(minor / Math.max(1, cases[currency] ?? 0)) }))
    .filter((one) => one.cases > 0)
    .toSorted((a, b) => b.cases - a.cases || a.currency.localeCompare(b.currency));
}
