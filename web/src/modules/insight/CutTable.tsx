import { type ReactNode, useMemo } from 'react';
import type { InsightCut } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { type Column, DataTable } from '../../ui/DataTable';
import { costs, figures } from './figures';
import styles from './insight.module.css';
import { useCutName } from './names';
import type { Dimension } from './search';
import { useShown } from './useShown';

/** A cell names its figure where the table has no head any more: on a phone, where each row is a card. */
function Cell({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <span className={styles.cellLabel}>{label} </span>
      {children}
    </>
  );
}

function Unknown() {
  const { t } = useT();
  return (
    <>
      <span aria-hidden="true">–</span>
      <span className="hidden-visually">{t('insight:none')}</span>
    </>
  );
}

interface Props {
  label: string;
  dimension: Dimension;
  cuts: InsightCut[];
  money: boolean;
}

/** Every figure of every part, side by side. */
export function CutTable({ label, dimension, cuts, money }: Props) {
  const { t } = useT();
  const { list, money: amount } = useFormats();
  const shown = useShown();
  const name = useCutName();
  const columns = useMemo((): Column<InsightCut>[] => {
    const cells = figures.map(
      ({ id, unit, read }): Column<InsightCut> => ({
        id,
        header: t(`insight:figure.${id}`),
        end: true,
        cell: (cut) => <Cell label={t(`insight:figure.${id}`)}>{read(cut.figures) < 0 ? <Unknown /> : shown.value(unit, read(cut.figures))}</Cell>,
      }),
    );
    const cost: Column<InsightCut> = {
      id: 'cost',
      header: t('insight:figure.cost'),
      end: true,
      cell: (cut) => {
        const all = costs(cut.figures);
        return <Cell label={t('insight:figure.cost')}>{all.length === 0 ? <Unknown /> : list(all.map((one) => amount(one)))}</Cell>;
      },
    };
    const first: Column<InsightCut> = { id: 'name', header: t(`insight:dimension.${dimension}`), wide: true, fixed: true, cell: (cut) => name(dimension, cut.key) };
    return [first, ...cells, ...(money ? [cost] : [])];
  }, [t, list, amount, shown, name, dimension, money]);
  return <DataTable label={label} rows={cuts} columns={columns} rowId={(cut) => cut.key} scrolls />;
}
