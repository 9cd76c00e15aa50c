import { ActionIcon, Button, NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useDeferredValue, useState } from 'react';
import { useHints } from '../../lib/hints';
import { useNow } from '../../lib/now';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { Icon } from '../../ui/icons';
import { Chip, PageHeader } from '../../ui/PageHeader';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import { scales } from './board/axis';
import { Autonomy } from './Autonomy';
import { dayAt } from './clock';
import { DayNav } from './DayNav';
import { Proposed } from './Proposed';
import { boardQuery } from './queries';
import { Roads } from './Roads';
import { Room } from './Room';
import { ScalePick } from './ScalePick';
import type { BoardSearch } from './search';
import { useNameOf, useServingNodes } from './useDay';
import { useNode } from './useNode';
import type { Proposal } from './whatif/model';
import styles from './dispatch.module.css';

/** Loaded when somebody asks for it. */
const Lending = lazy(() => import('./lend/Lending').then(({ Lending: component }) => ({ default: component })));

/** What is said now and then is loaded behind the board. */
const SlowForm = lazy(() => import('./SlowForm').then(({ SlowForm: component }) => ({ default: component })));
const route = getRouteApi('/desk/dispatch');

/** Hears of changes to a node's board; a component of its own, because there is nothing to hear before a node is known. */
function Live({ node, renew }: { node: string; renew: () => void }) {
  useHints(`board:${node}`, renew);
  return null;
}

/** A node's days: who does what when, and what needs somebody with the reason. */
export function DispatchPage() {
  const { t } = useT();
  const may = useMay();
  const now = useNow();
  const search = route.useSearch();
  const navigate = useNavigate();
  const nodes = useServingNodes();
  const { node, choosing } = useNode(search, nodes);
  const scale = search.scale ?? 'day';
  const query = boardQuery(node, search.day, scales[scale].days);
  const { data, error, refetch } = useQuery({ ...query, enabled: node !== '', placeholderData: (before, last) => (last?.queryKey[1] === node ? keepPreviousData(before) : undefined) });
  // The first board of a node is drawn in pieces, between which the page answers; what comes after it changes little, and is shown at once.
  const drawn = useDeferredValue(data?.node, undefined);
  const [planning, setPlanning] = useState<{ found?: Proposal } | null>(null);
  const queries = useQueryClient();
  const renew = () => void Promise.all([refetch(), queries.invalidateQueries({ queryKey: ['engine', node] })]);
  const [lending, setLending] = useState(false);
  const nameOf = useNameOf(data);
  const go = (change: { [K in keyof BoardSearch]?: BoardSearch[K] | undefined }) => {
    const next = Object.entries({ ...search, node, ...change }).filter(([, value]) => value !== undefined);
    void navigate({ to: '/dispatch', search: Object.fromEntries(next) as BoardSearch, replace: true });
  };
  const day = search.day ?? data?.day;
  const known = nodes.some(({ value }) => value === node);

  return (
    <>
      {node ? <Live node={node} renew={renew} /> : null}
      <PageHeader
        title={t('board:title')}
        filters={
          <>
            {nodes.length > 0 ? <NativeSelect size="xs" aria-label={t('board:node')} value={node} onChange={(event) => go({ node: event.currentTarget.value })} data={known ? nodes : [{ value: node, label: '–' }, ...nodes]} /> : null}
            {day ? <DayNav day={day} step={scales[scale].days} today={data ? dayAt(now, data.zone) : day} go={(to) => go({ day: to })} /> : null}
            <ScalePick scale={scale} pick={(to) => go({ scale: to === 'day' ? undefined : to })} />
            <Chip on={search.map === true} onChange={(on) => go({ map: on ? true : undefined })}>
              {t('board:map.show')}
            </Chip>
            {node ? <Autonomy node={node} /> : null}
          </>
        }
        actions={
          <>
            {data ? (
              <div className={styles.notes}>
                <span className="dim small">{t('board:zone', { zone: data.zone })}</span>
                <Roads view={data} />
              </div>
            ) : null}
            {data ? (
              <Suspense>
                <SlowForm node={data.node} zone={data.zone} />
              </Suspense>
            ) : null}
            {may('technician.write') && data?.technicians.some(({ home }) => !home) ? (
              <ActionIcon variant="default" size={30} aria-label={t('board:lend.title')} title={t('board:lend.title')} onClick={() => setLending(true)}>
                <Icon name="users" size={16} />
              </ActionIcon>
            ) : null}
            {may('board.write') && node ? (
              <Button onClick={() => setPlanning({})} disabled={!data} leftSection={<Icon name="play" size={16} />}>
                {t('board:whatif.open')}
              </Button>
            ) : null}
          </>
        }
      />
      {error && !data ? <ErrorState what={t('board:failed')} error={error} retry={() => void refetch()} /> : null}
      {(!data || drawn !== data.node) && !error && (node || choosing) ? <Skeleton lines={10} /> : null}
      {node === '' && !choosing ? <EmptyState icon="board" why={t('board:noNode')} /> : null}
      {data && drawn === data.node ? <Proposed node={data.node} onLook={(found) => setPlanning({ found })} /> : null}
      {data && drawn === data.node ? <Room key={data.node} view={data} queryKey={query.queryKey} search={search} go={go} planning={planning} onPlanned={() => setPlanning(null)} /> : null}
      {data && lending ? (
        <Suspense>
          <Lending view={data} nameOf={nameOf} onClose={() => setLending(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
