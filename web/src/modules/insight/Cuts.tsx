import { useMemo } from 'react';
import type { InsightCut } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { type Column, DataTable } from '../../ui/DataTable';

const MINUTE = 60_000;

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
      { id: 'resolve', header: t('insight:resolve'), end: true, cell: ({ figures }) => (figures.resolved > 0 ? duration(figures.resolve_minutes_p50 * MINUTE) : '–') },
      { id: 'firstFix', header: t('insight:firstFix'), end: true, cell: ({ figures }) => (figures.resolved > 0 ? percent(figures.first_fix_permille / 1000) : '–') },
      { id: 'kept', header: t('insight:kept'), end: true, cell: ({ figures }) => (figures.resolved > 0 ? percent(figures.kept_permille / 1000) : '–') },
      { id: 'stars', header: t('insight:stars'), end: true, cell: ({ figures }) => (figures.rated > 0 ? number(figures.stars_hundredths / 100, { maximumFractionDigits: 2 }) : '–') },
    ],
    [t, number, percent, duration, name],
  );
  if (cuts.length === 0) return <p className="dim">{t('insight:nothing')}</p>;
  return <DataTable label={label} rows={cuts} columns={columns} rowId={(cut) => cut.key} />;
}
