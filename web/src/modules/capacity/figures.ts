import type { DispatchCapacityDay, DispatchCapacityView } from '../../api/client';
import type { Cell } from '../../lib/csv';
import type { Key } from '../../lib/t';

/** How a day stands: more is expected than people on duty can do, or may be; or more is promised ahead than there should be. */
export type Standing = 'free' | 'tight' | 'short' | 'over';

/** A day on which nobody works is not short of anybody. */
export function standing(day: DispatchCapacityDay): Standing {
  if (day.promised_minutes > day.capacity_minutes) return 'over';
  if (day.technicians === 0) return 'free';
  if (day.expected_minutes > day.capacity_minutes) return 'short';
  return day.high_minutes > day.capacity_minutes || day.promised_minutes > day.limit_minutes ? 'tight' : 'free';
}

/** The figures of a day, in the order in which they stand in table and file. */
export const columns = ['technicians', 'capacity_minutes', 'promised_minutes', 'limit_minutes', 'expected_minutes', 'high_minutes', 'visits'] as const;
export type Figure = (typeof columns)[number];

/** Minutes as hours, to a tenth. */
export const hours = (minutes: number): number => Math.round(minutes / 6) / 10;

/** The days that need somebody, by how they stand. */
export function count(view: DispatchCapacityView): Record<Standing, number> {
  const out: Record<Standing, number> = { free: 0, tight: 0, short: 0, over: 0 };
  for (const day of view.days) out[standing(day)] += 1;
  return out;
}

/** The view as rows of a file: what it is about, then a line for each day. */
export function exportRows(view: DispatchCapacityView, { t, node }: { t: (key: Key) => string; node: string }): Cell[][] {
  return [
    [t('capacity:node'), node],
    [t('capacity:skill'), view.skill ?? t('capacity:allSkills')],
    [],
    [t('capacity:day'), ...columns.map((column) => t(`capacity:column.${column}`)), t('capacity:low'), t('capacity:high'), t('capacity:stands')],
    ...view.days.map((day): Cell[] => [day.day, ...columns.map((column) => day[column]), day.visits_low, day.visits_high, t(`capacity:standing.${standing(day)}`)]),
  ];
}
