import { useMemo } from 'react';
import type { InsightCut } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { type Column, DataTable } from '../../ui/DataTable';

const MINUTE = 60_000;

/** A figure that nothing can be said of yet is below zero. */
const known = (value: number, show: (value: number) => string) => (value < 0 ? '–' : show(value));

interface Props {
  label: string;
  cuts: InsightCut[];
  name: (key: string) => string;
}

/** The figures cut by one dimension, the largest part first. */
export function Cuts({ label, cuts, name }: Props) {
  const { t } = useT();
  const { number, percent, duration } = useFormats();
  const columns = useMemo(
    (): Column<InsightCut>[] => [
      { id: 'name', header: t('insight:name'), wide: true, fixed: true, cell: (cut) => name(cut.key) },
      { id: 'opened', header: t('insight:opened'), end: true, cell: ({ figures }) => number(figures.opened) },
      { id: 'backlog', header: t('insight:backlog'), end: true, cell: ({ figures }) => number(figures.backlog) },
      { id: 'resolve', header: t('insight:resolve'), end: true, cell: ({ figures }) => known(figures.resolve_minutes_p50, (value) => duration(value * MINUTE)) },
      { id: 'firstFix', header: t('insight:firstFix'), end: true, cell: ({ figures }) => known(figures.first_fix_permille, (value) => percent(value / 1000)) },
      { id: 'kept', header: t('insight:kept'), end: true, cell: ({ figures }) => known(figures.kept_permille, (value) => percent(value / 1000)) },
      { id: 'stars', header: t('insight:stars'), end: true, cell: ({ figures }) => known(figures.stars_hundredths, (value) => number(value / 100, { maximumFractionDigits: 2 })) },
    ],
    [t, number, percent, duration, name],
  );
  if (cuts.length === 0) return <p className="dim">{t('insight:nothing')}</p>;
  return <DataTable label={label} rows={cuts} columns={columns} rowId={(cut) => cut.key} />;
}
