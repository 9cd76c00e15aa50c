import { Button, NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { DeskLine } from '../../api/client';
import { useHints } from '../../lib/hints';
import { useCountries } from '../../lib/countries';
import { useBrands, useNodes, useSymptoms } from '../../lib/names';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { type Column, DataTable, MoreButton } from '../../ui/DataTable';
import { Icon } from '../../ui/icons';
import { Chip, PageHeader } from '../../ui/PageHeader';
import { Pill } from '../../ui/Pill';
import { SlaPill } from '../../ui/SlaPill';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import { StatusBadge } from '../../ui/StatusBadge';
import { When } from '../../ui/When';
import { Lookup } from './Lookup';
import { queueQuery } from './queries';
import styles from './cases.module.css';
import { type QueueSearch, queueStates } from './search';

const route = getRouteApi('/desk/cases');

/** What the row is about, in one line: the kind of work, what is wrong with what, and for whom. */
function Subject({ row }: { row: DeskLine }) {
  const { t } = useT();
  const word = useWord();
  const symptoms = useSymptoms();
  const symptom = symptoms.name(row.symptom);
  return (
    <Link to="/cases/$caseId" params={{ caseId: row.id }} data-row-link className={styles.subject}>
      <span className={styles.reference}>{row.reference}</span> {word('workType', row.work_type)}
      {symptom ? <span className="dim"> · {symptom}</span> : null}
      {/* The space stands outside, so that the line may break before the serial and not within the symptom. */}
      {row.serial ? ' ' : null}
      {row.serial ? <span className={`dim ${styles.serial}`}>· {row.serial}</span> : null}
      {row.chased > 0 ? <span className={styles.chased}> {t('case:chased', { count: row.chased })}</span> : null}
    </Link>
  );
}

function Priority({ level }: { level: number }) {
  const word = useWord();
  const text = word('priority', String(level));
  if (level > 2) return <span className="dim">{text}</span>;
  return (
    <Pill tone={level === 1 ? 'risk' : 'warn'} icon="flag">
      {text}
    </Pill>
  );
}

function useColumns(): Column<DeskLine>[] {
  const { t } = useT();
  const word = useWord();
  const brands = useBrands();
  const nodes = useNodes();
  const country = useCountries();
  return useMemo(
    () => [
      {
        id: 'due',
        header: t('case:column.due'),
        fixed: true,
        cell: (row) => (row.due_at ? <SlaPill clock={{ state: 'running', startedAt: row.opened_at, dueAt: row.due_at }} zone={row.zone} /> : <span className="dim">{t('case:noClock')}</span>),
      },
      { id: 'subject', header: t('case:column.subject'), fixed: true, wide: true, cell: (row) => <Subject row={row} /> },
      { id: 'state', header: t('case:column.state'), cell: (row) => <StatusBadge kind="case" state={row.state} word={row.state === 'waiting' && row.waiting_for ? word('waitingFor', row.waiting_for) : undefined} /> },
      { id: 'priority', header: t('case:column.priority'), cell: (row) => <Priority level={row.priority} /> },
      { id: 'brand', header: t('case:column.brand'), cell: (row) => brands.get(row.brand)?.name ?? '' },
      { id: 'country', header: t('case:column.country'), cell: (row) => country(row.country) },
      { id: 'node', header: t('case:column.node'), cell: (row) => (row.node ? (nodes.get(row.node)?.name ?? '') : <span className={styles.unrouted}>{t('case:unrouted')}</span>) },
      { id: 'opened', header: t('case:column.opened'), cell: (row) => <When at={row.opened_at} zone={row.zone} relative /> },
    ],
    [t, word, brands, nodes, country],
  );
}

function Filters({ search, change }: { search: QueueSearch; change: (part: Partial<QueueSearch>) => void }) {
  const { t } = useT();
  const brands = useBrands();
  const state = search.state ?? 'active';
  return (
    <>
      {queueStates.map((one) => (
        <Chip key={one} on={state === one} onChange={() => change({ state: one === 'active' ? undefined : one })}>
          {t(`case:queue.${one}`)}
        </Chip>
      ))}
      <Chip on={search.priority === 1} onChange={(on) => change({ priority: on ? 1 : undefined })}>
        {t('case:queue.critical')}
      </Chip>
      <Chip on={search.unrouted ?? false} onChange={(on) => change({ unrouted: on || undefined })}>
        {t('case:unrouted')}
      </Chip>
      <NativeSelect
        size="xs"
        aria-label={t('case:column.brand')}
        value={search.brand ?? ''}
        onChange={(event) => change({ brand: event.currentTarget.value || undefined })}
        data={[{ value: '', label: t('case:queue.allBrands') }, ...[...brands.values()].map(({ id, name }) => ({ value: id, label: name }))]}
      />
    </>
  );
}

/** The queue: what is due first on top. Filters and columns stand in the address. */
export function QueuePage() {
  const { t } = useT();
  const may = useMay();
  const search = route.useSearch();
  const navigate = useNavigate();
  const columns = useColumns();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isPending } = useInfiniteQuery(queueQuery(search));
  useHints('queue', () => void refetch());
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const change = (part: Partial<QueueSearch>) => void navigate({ to: '/cases', search: { ...search, ...part }, replace: true });
  const narrowed = Boolean(search.state ?? search.brand ?? search.country ?? search.priority ?? search.unrouted);

  return (
    <>
      <PageHeader
        title={t('case:queue.title')}
        count={data ? `${rows.length}${hasNextPage ? '+' : ''}` : undefined}
        filters={<Filters search={search} change={change} />}
        actions={
          may('case.create') ? (
            <Button renderRoot={(props) => <Link to="/cases/new" {...props} />} leftSection={<Icon name="plus" size={16} />}>
              {t('case:new.title')}
            </Button>
          ) : null
        }
      />
      {search.q ? <Lookup reference={search.q} onDone={() => change({ q: undefined })} /> : null}
      {error ? <ErrorState what={t('case:queue.failed')} error={error} retry={() => void refetch()} /> : null}
      {isPending && !error ? <Skeleton lines={10} /> : null}
      {data && rows.length === 0 ? (
        <EmptyState
          icon={narrowed ? 'filter' : 'inbox'}
          why={t(narrowed ? 'case:queue.noneFits' : 'case:queue.none')}
          action={
            narrowed ? (
              <Button variant="default" renderRoot={(props) => <Link to="/cases" {...props} />}>
                {t('case:queue.showAll')}
              </Button>
            ) : null
          }
        />
      ) : null}
      {rows.length > 0 ? (
        <DataTable
          label={t('case:queue.title')}
          rows={rows}
          columns={columns}
          rowId={(row) => row.id}
          hidden={search.hide ?? []}
          onHide={(hide) => change({ hide: hide.length > 0 ? hide : undefined })}
          stepping
          foot={hasNextPage ? <MoreButton onMore={() => void fetchNextPage()} loading={isFetchingNextPage} /> : null}
        />
      ) : null}
    </>
  );
}
