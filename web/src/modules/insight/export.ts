import type { InsightFigures, InsightOverview } from '../../api/client';
import type { T } from '../../lib/t';
import type { Cell } from '../../lib/csv';
import { costs, type Figure, figures, type Unit } from './figures';
import { type Dimension, dimensions } from './search';

/** Minor units as a plain decimal number: a spreadsheet is to reckon with it. */
export const decimal = (minor: number, digits: number): number => Number((minor / 10 ** digits).toFixed(digits));

/** A value in the unit that its row names; an unknown one is an empty cell, not a nought. */
function plain(unit: Unit, value: number): Cell {
  if (value < 0) return null;
  switch (unit) {
    case 'count':
    case 'minutes':
      return value;
    case 'permille':
      return value / 10;
    case 'hundredths':
      return value / 100;
  }
}

interface Words {
  t: T;
  name: (dimension: Dimension, key: string) => string;
  /** Digits after the point of a currency. */
  digits: (currency: string) => number;
}

/** Everything the page shows, one value a row: group, part, figure, unit, value, value of the period before. */
export function exportRows({ figures: now, before, days, by, money }: InsightOverview, { t, name, digits }: Words): Cell[][] {
  const rows: Cell[][] = [['group', 'part', 'figure', 'unit', 'value', 'before'].map((column) => t(`insight:csv.${column as 'group'}`))];
  const unit = (of: Unit) => t(`insight:unit.${of}`);
  const add = (group: string, part: string, figure: Pick<Figure, 'unit'>, label: string, value: number, then: number | null) =>
    rows.push([group, part, label, unit(figure.unit), plain(figure.unit, value), then === null ? null : plain(figure.unit, then)]);
  const addCosts = (group: string, part: string, of: InsightFigures, earlier?: InsightFigures) => {
    if (!money) return;
    const old = new Map(earlier ? costs(earlier).map((cost) => [cost.currency, cost.minor]) : []);
    for (const { currency, minor } of costs(of)) {
      const then = old.get(currency);
      rows.push([group, part, t('insight:figure.cost'), currency, decimal(minor, digits(currency)), then === undefined ? null : decimal(then, digits(currency))]);
    }
  };
  const period = t('insight:atAGlance');
  for (const figure of figures) {
    add(period, '', figure, t(`insight:figure.${figure.id}`), figure.read(now), figure.read(before));
    if (figure.tail) add(period, '', figure, t('insight:csv.tail', { figure: t(`insight:figure.${figure.id}`) }), figure.tail(now), figure.tail(before));
  }
  addCosts(period, '', now, before);
  for (const { on, opened, resolved } of days) {
    add(t('insight:perDay'), on, { unit: 'count' }, t('insight:figure.opened'), opened, null);
    add(t('insight:perDay'), on, { unit: 'count' }, t('insight:figure.resolved'), resolved, null);
  }
  for (const dimension of dimensions) {
    for (const { key, figures: part } of by[dimension] ?? []) {
      for (const figure of figures) add(t(`insight:dimension.${dimension}`), name(dimension, key), figure, t(`insight:figure.${figure.id}`), figure.read(part), null);
      addCosts(t(`insight:dimension.${dimension}`), name(dimension, key), part);
    }
  }
  return rows;
}
