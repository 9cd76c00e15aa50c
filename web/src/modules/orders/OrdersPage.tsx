import { Button, TextInput } from '@mantine/core';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { OrdersView } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useCountries } from '../../lib/countries';
import { useBrands } from '../../lib/names';
import { useRows } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import type { Column } from '../../ui/DataTable';
import { Icon } from '../../ui/icons';
import { List } from '../../ui/List';
import { Chip, PageHeader } from '../../ui/PageHeader';
import { StatusBadge } from '../../ui/StatusBadge';
import { When } from '../../ui/When';
import { ImportDrawer } from './ImportDrawer';
import { confirmOrder, type OrderSearch, ordersQuery, orderStates } from './queries';
import { refusable, RefuseDialog } from './RefuseDialog';

const route = getRouteApi('/desk/orders');

function useColumns(onRefuse: (order: OrdersView) => void): Column<OrdersView>[] {
  const { t } = useT();
  const word = useWord();
  const may = useMay();
  const brands = useBrands();
  const country = useCountries();
  const confirm = useCommand({ run: (order: OrdersView) => confirmOrder(order.id), touches: [['orders']], done: (_, { number }) => t('order:confirmed', { number }) });
  const { mutate } = confirm;
  return useMemo(
    () => [
      { id: 'state', header: t('order:column.state'), fixed: true, cell: (order) => <StatusBadge kind="order" state={order.state} /> },
      {
        id: 'number',
        header: t('order:column.number'),
        fixed: true,
        wide: true,
        cell: (order) =>
          order.case ? (
            <Link to="/cases/$caseId" params={{ caseId: order.case }} data-row-link>
              {order.number}
            </Link>
          ) : (
            order.number
          ),
      },
      { id: 'brand', header: t('order:column.brand'), cell: (order) => brands.get(order.brand)?.name ?? '' },
      { id: 'workType', header: t('order:column.workType'), cell: (order) => word('workType', order.work_type) },
      { id: 'country', header: t('order:column.country'), cell: (order) => country(order.country) },
      { id: 'code', header: t('order:column.code'), cell: (order) => <span className="dim">{order.state === 'refused' ? `${order.code} · ${order.reason}` : order.code}</span> },
      { id: 'received', header: t('order:column.received'), cell: (order) => <When at={order.received_at} relative /> },
      {
        id: 'do',
        header: t('order:column.do'),
        cell: (order) => {
          if (order.state === 'done' && may('order.write')) {
            return (
              <Button size="compact-sm" variant="default" aria-label={t('order:confirmOne', { number: order.number })} onClick={() => mutate(order)}>
                {t('order:confirm')}
              </Button>
            );
          }
          if (!refusable(order.state) || !may('order.refuse')) return null;
          return (
            <Button size="compact-sm" variant="default" aria-label={t('order:refuseOne', { number: order.number })} onClick={() => onRefuse(order)}>
              {t('order:refuse')}
            </Button>
          );
        },
      },
    ],
    [t, word, may, brands, country, mutate, onRefuse],
  );
}

/** What brands, shops and marketplaces sent, under their own numbers. */
export function OrdersPage() {
  const { t } = useT();
  const may = useMay();
  const search = route.useSearch();
  const navigate = useNavigate();
  const [refusing, setRefusing] = useState<OrdersView | null>(null);
  const columns = useColumns(setRefusing);
  const list = useRows(ordersQuery(search));
  const [importing, setImporting] = useState(false);
  const [number, setNumber] = useState(search.number ?? '');
  const change = (part: OrderSearch) => void navigate({ to: '/orders', search: part, replace: true });
  const narrowed = Boolean(search.state ?? search.number);
  return (
    <>
      <PageHeader
        title={t('order:title')}
        count={list.loaded ? `${list.rows.length}${list.more ? '+' : ''}` : undefined}
        filters={
          <>
            {orderStates.map((state) => (
              <Chip key={state} on={search.state === state} onChange={(on) => change({ ...(on ? { state } : {}), ...(search.number ? { number: search.number } : {}) })}>
                {t(`state:order.${state}`)}
              </Chip>
            ))}
            <form
              onSubmit={(event) => {
                event.preventDefault();
                change({ ...(search.state ? { state: search.state } : {}), ...(number.trim() ? { number: number.trim() } : {}) });
              }}
            >
              <TextInput size="xs" aria-label={t('order:find')} placeholder={t('order:find')} value={number} onChange={(event) => setNumber(event.currentTarget.value)} leftSection={<Icon name="search" size={14} />} />
            </form>
          </>
        }
        actions={
          may('order.import') ? (
            <Button onClick={() => setImporting(true)} leftSection={<Icon name="file" size={16} />}>
              {t('order:import.title')}
            </Button>
          ) : null
        }
      />
      <List
        {...list}
        label={t('order:title')}
        columns={columns}
        rowId={(order) => order.id}
        icon={narrowed ? 'filter' : 'file'}
        failed={t('order:failed')}
        none={t(narrowed ? 'order:noneFits' : 'order:none')}
        noneAction={
          narrowed ? (
            <Button variant="default" onClick={() => change({})}>
              {t('order:showAll')}
            </Button>
          ) : null
        }
      />
      {refusing ? <RefuseDialog order={refusing} onClose={() => setRefusing(null)} /> : null}
      {importing ? <ImportDrawer onClose={() => setImporting(false)} /> : null}
    </>
  );
}
