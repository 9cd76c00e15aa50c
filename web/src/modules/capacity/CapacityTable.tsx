import { useMemo } from 'react';
import type { DispatchCapacityDay, DispatchCapacityView } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { type Column, DataTable } from '../../ui/DataTable';
import styles from './capacity.module.css';
import { columns, type Figure, hours, standing } from './figures';

function useCell(): (day: DispatchCapacityDay, figure: Figure) => string {
  const { t } = useT();
  const { number } = useFormats();
  return (day, figure) => {
    if (figure === 'technicians') return number(day.technicians);
    if (figure === 'visits') return t('capacity:range', { mean: number(day.visits, { maximumFractionDigits: 1 }), low: day.visits_low, high: day.visits_high });
    return t('capacity:hours', { hours: number(hours(day[figure]), { maximumFractionDigits: 1 }) }); // a day of work has not 24 of them
  };
}

/** Every figure of every day; on a phone each day is a card in which the figures have names. */
export function CapacityTable({ view, label }: { view: DispatchCapacityView; label: string }) {
  const { t } = useT();
  const { day: dayText } = useFormats();
  const cell = useCell();
  const shown = useMemo(
    (): Column<DispatchCapacityDay>[] => [
      {
        id: 'day',
        header: t('capacity:day'),
        fixed: true,
        cell: (day) => (
          <>
            {dayText(`${day.day}T00:00:00Z`, 'UTC')}
            {day.holiday ? <span className="dim small"> {t('capacity:holiday')}</span> : null}
          </>
        ),
      },
      ...columns.map(
        (figure): Column<DispatchCapacityDay> => ({
          id: figure,
          header: t(`capacity:column.${figure}`),
          end: true,
          cell: (day) => (
            <>
              <span className={styles.cellLabel}>{t(`capacity:column.${figure}`)} </span>
              {cell(day, figure)}
            </>
          ),
        }),
      ),
      {
        id: 'standing',
        header: t('capacity:stands'),
        cell: (day) => (
          <span className={styles.standing} data-standing={standing(day)}>
            {t(`capacity:standing.${standing(day)}`)}
          </span>
        ),
      },
    ],
    [t, dayText, cell],
  );
  return <DataTable label={label} rows={view.days} columns={shown} rowId={({ day }) => day} scrolls />;
}
