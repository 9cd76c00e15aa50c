import type { ReactNode } from 'react';
import type { IconName } from './icons';
import { type Column, DataTable, MoreButton } from './DataTable';
import { EmptyState, ErrorState, Skeleton } from './States';

interface Props<Row> {
  label: string;
  rows: Row[];
  columns: Column<Row>[];
  rowId: (row: Row) => string;
  loaded: boolean;
  error: unknown;
  retry: () => void;
  /** Said when the list could not be read. */
  failed: string;
  /** Said when there is nothing in it. */
  none: string;
  noneAction?: ReactNode;
  icon?: IconName;
  more: { onMore: () => void; loading: boolean } | null;
}

/** A list page in all its states: first load, failed, empty, filled. */
export function List<Row extends object>({ error, loaded, rows, failed, retry, none, noneAction, icon = 'inbox', more, ...table }: Props<Row>) {
  if (error && !loaded) return <ErrorState what={failed} error={error} retry={retry} />;
  if (!loaded) return <Skeleton lines={8} />;
  if (rows.length === 0) return <EmptyState icon={icon} why={none} action={noneAction} />;
  return (
    <>
      {error ? <ErrorState what={failed} error={error} retry={retry} /> : null}
      <DataTable {...table} rows={rows} stepping foot={more ? <MoreButton {...more} /> : null} />
    </>
  );
}
