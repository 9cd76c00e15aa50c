import { Button, Menu } from '@mantine/core';
import { columnVisibilityFeature, createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import { type ReactNode, useMemo, useRef } from 'react';
import { useT } from '../lib/t';
import { useKeys } from '../lib/keys';
import { Icon } from './icons';
import styles from './page.module.css';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers and money end where their column ends. */
  end?: boolean;
  /** The cell that says what the row is about; on a phone it takes a line of its own. */
  wide?: boolean;
  /** Cannot be hidden. */
  fixed?: boolean;
}

interface Props<Row> {
  label: string;
  rows: Row[];
  columns: Column<Row>[];
  rowId: (row: Row) => string;
  /** Ids of hidden columns, kept in the URL by the caller; without `onHide` there is no chooser. */
  hidden?: string[];
  onHide?: (hidden: string[]) => void;
  /** J and K step through the rows' links. */
  stepping?: boolean;
  foot?: ReactNode;
  /** Wider than many windows and without links: the keyboard must be able to scroll it. */
  scrolls?: boolean;
}

const none: string[] = [];
const features = tableFeatures({ columnVisibilityFeature });

function useStepping(active: boolean) {
  const wrap = useRef<HTMLDivElement>(null);
  const step = (by: number) => {
    const links = [...(wrap.current?.querySelectorAll<HTMLElement>('tbody [data-row-link]') ?? [])];
    const at = links.findIndex((link) => link.closest('tr')?.contains(document.activeElement));
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  useKeys(active ? { j: () => step(1), k: () => step(-1) } : {});
  return wrap;
}

function Chooser<Row>({ columns, hidden, onHide }: { columns: Column<Row>[]; hidden: string[]; onHide: (hidden: string[]) => void }) {
  const { t } = useT();
  return (
    <Menu>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm">
          {t('common:table.columns')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columns
          .filter((column) => !column.fixed)
          .map(({ id, header }) => {
            const shown = !hidden.includes(id);
            return (
              <Menu.CheckboxItem key={id} checked={shown} onChange={() => onHide(shown ? [...hidden, id] : hidden.filter((other) => other !== id))}>
                {header}
              </Menu.CheckboxItem>
            );
          })}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Rows under a sticky header; on a phone each row becomes a card. */
export function DataTable<Row extends object>({ label, rows, columns, rowId, hidden = none, onHide, stepping = false, foot, scrolls = false }: Props<Row>) {
  const wrap = useStepping(stepping);
  const defs = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return columns.map((column) => helper.display({ id: column.id, header: column.header, cell: ({ row }) => column.cell(row.original) }));
  }, [columns]);
  const columnVisibility = useMemo(() => Object.fromEntries(hidden.map((id) => [id, false])), [hidden]);
  const table = useTable({ features, columns: defs, data: rows, getRowId: rowId, state: { columnVisibility } });
  const classOf = (id: string) => {
    const column = columns.find((candidate) => candidate.id === id);
    return [column?.end ? styles.end : '', column?.wide ? styles.wide : ''].join(' ').trim() || undefined;
  };
  // On a phone the head is out of sight, and a number alone says nothing.
  const headOf = (id: string) => columns.find((column) => column.id === id && column.end)?.header;

  return (
    <>
      <div className={styles.tableWrap} ref={wrap} {...(scrolls ? { tabIndex: 0, role: 'group', 'aria-label': label } : {})}>
        <table className={`${styles.table} ${styles.stacked}`} aria-label={label}>
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id}>
                {group.headers.map((header) => (
                  <th key={header.id} scope="col" className={classOf(header.column.id)}>
                    <table.FlexRender header={header} />
                  </th>
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr key={row.id}>
                {row.getVisibleCells().map((cell) => (
                  <td key={cell.id} className={classOf(cell.column.id)} data-head={headOf(cell.column.id)}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {foot || onHide ? (
        <div className={styles.tableFoot}>
          {foot}
          {onHide ? (
            <span style={{ marginInlineStart: 'auto' }}>
              <Chooser columns={columns} hidden={hidden} onHide={onHide} />
            </span>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

/** "Show more" under a keyset page. */
export function MoreButton({ onMore, loading }: { onMore: () => void; loading: boolean }) {
  const { t } = useT();
  return (
    <Button variant="default" onClick={onMore} loading={loading} leftSection={<Icon name="chevronDown" size={16} />}>
      {t('common:table.more')}
    </Button>
  );
}
