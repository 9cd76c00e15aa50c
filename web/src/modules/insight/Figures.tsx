import type { InsightFigures, InsightOverview } from '../../api/client';
import { useFormats } from '../../lib/format';
import { type Key, useT } from '../../lib/t';
import styles from './insight.module.css';

const MINUTE = 60_000;

interface Figure {
  label: Key;
  /** Whether more is better, worse, or neither. */
  good: 1 | -1 | 0;
  value: (figures: InsightFigures) => number;
  show: 'count' | 'time' | 'share' | 'stars';
}

const shown: Figure[] = [
  { label: 'insight:opened', good: 0, value: ({ opened }) => opened, show: 'count' },
  { label: 'insight:resolved', good: 1, value: ({ resolved }) => resolved, show: 'count' },
  { label: 'insight:backlog', good: -1, value: ({ backlog }) => backlog, show: 'count' },
  { label: 'insight:respond', good: -1, value: ({ respond_minutes_p50 }) => respond_minutes_p50, show: 'time' },
  { label: 'insight:resolve', good: -1, value: ({ resolve_minutes_p50 }) => resolve_minutes_p50, show: 'time' },
  { label: 'insight:firstFix', good: 1, value: ({ first_fix_permille }) => first_fix_permille, show: 'share' },
  { label: 'insight:kept', good: 1, value: ({ kept_permille }) => kept_permille, show: 'share' },
  { label: 'insight:stars', good: 1, value: ({ stars_hundredths }) => stars_hundredths, show: 'stars' },
];

/** The average cost of a case, currency by currency. */
function useCost(): (figures: InsightFigures) => string {
  const { money } = useFormats();
  return ({ cost = {}, cost_cases = {} }) =>
    Object.entries(cost)
      .map(([currency, minor]) => money({ minor: Math.round(Number(minor) / Math.max(1, Number(cost_cases[currency] ?? 1))), currency }))
      .join(', ');
}

/** The figures of the period, each beside the one of the period before. */
export function Figures({ overview }: { overview: InsightOverview }) {
  const { t } = useT();
  const { number, duration, percent } = useFormats();
  const cost = useCost();
  const text = (figure: Figure, figures: InsightFigures): string => {
    const value = figure.value(figures);
    if (value < 0) return '–'; // nothing to say it from
    switch (figure.show) {
      case 'count':
        return number(value);
      case 'time':
        return duration(value * MINUTE);
      case 'share':
        return percent(value / 1000);
      case 'stars':
        return number(value / 100, { minimumFractionDigits: 1, maximumFractionDigits: 2 });
    }
  };
  const { figures, before } = overview;
  return (
    <dl className={styles.figures}>
      {shown.map((figure) => (
        <div key={figure.label} className={styles.figure}>
          <dt>{t(figure.label)}</dt>
          <dd>{text(figure, figures)}</dd>
          <dd className={styles.before}>{t('insight:before', { value: text(figure, before) })}</dd>
        </div>
      ))}
      {overview.money ? (
        <div className={styles.figure}>
          <dt>{t('insight:cost')}</dt>
          <dd>{cost(figures) || '–'}</dd>
          <dd className={styles.before}>{t('insight:before', { value: cost(before) || '–' })}</dd>
        </div>
      ) : null}
    </dl>
  );
}
