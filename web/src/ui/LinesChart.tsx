import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useScheme } from '../lib/prefs';
import { useT } from '../lib/t';
import styles from './page.module.css';

export interface ChartSeries {
  name: string;
  /** A colour of the chart palette: a token's name. */
  color: string;
  values: number[];
}

interface Props {
  label: string;
  labels: string[];
  series: ChartSeries[];
}

function AsTable({ label, labels, series }: Props) {
  const { t } = useT();
  return (
    <div className={styles.tableWrap} {...{ tabIndex: 0, role: 'group', 'aria-label': label }}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('common:chart.day')}</th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className={styles.end}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((day, index) => (
            <tr key={day}>
              <td>{day}</td>
              {series.map(({ name, values }) => (
                <td key={name} className={styles.end}>
                  {values[index]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Lines over days; the same figures are there as a table for whoever cannot see or does not like pictures. */
export function LinesChart(props: Props) {
  const { t } = useT();
  const scheme = useScheme();
  const [table, setTable] = useState(false);
  const canvas = useRef<HTMLDivElement>(null);
  const { label, labels, series } = props;
  useEffect(() => {
    let end: (() => void) | undefined;
    let gone = false;
    const element = canvas.current;
    if (element) {
      void import('../lib/chart').then(({ drawLines }) => {
        if (!gone) end = drawLines(element, labels, series);
      });
    }
    return () => {
      gone = true;
      end?.();
    };
    // Drawn anew when the theme changes: a canvas knows nothing of CSS variables.
  }, [labels, series, scheme, table]);
  return (
    <div className={styles.chart}>
      {table ? null : (
        <ul className={styles.names} aria-hidden="true">
          {series.map(({ name, color }) => (
            <li key={name}>
              <i style={{ background: color }} />
              {name}
            </li>
          ))}
        </ul>
      )}
      {table ? <AsTable {...props} /> : <div ref={canvas} className={styles.canvas} role="img" aria-label={label} />}
      <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setTable(!table)} style={{ justifySelf: 'start' }}>
        {t(table ? 'common:chart.picture' : 'common:chart.table')}
      </Button>
    </div>
  );
}
