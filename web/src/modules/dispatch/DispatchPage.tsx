import { ActionIcon, Button, NativeSelect, TextInput, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { DispatchLane } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useNodes } from '../../lib/names';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { Icon } from '../../ui/icons';
import { PageHeader } from '../../ui/PageHeader';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import styles from './dispatch.module.css';
import { Lane } from './Lane';
import { boardQuery, planBoard, shiftDay } from './queries';
import { Tray } from './Tray';

const route = getRouteApi('/desk/dispatch');

function useServingNodes(): { value: string; label: string }[] {
  const nodes = useNodes();
  const { locale } = useFormats();
  return useMemo(() => {
    const order = new Intl.Collator(locale);
    return [...nodes.values()]
      .filter(({ kind, state }) => kind !== 'headquarters' && state === 'open')
      .map(({ id, name, country }) => ({ value: id, label: `${name} · ${country}` }))
      .toSorted((a, b) => order.compare(a.label, b.label));
  }, [nodes, locale]);
}

const rank = (lane: DispatchLane) => (lane.appointments.length > 0 ? 0 : lane.shift && !lane.absent ? 1 : 2);

/** Who is on duty comes first, those with visits before those without. */
function inOrder(lanes: DispatchLane[]): DispatchLane[] {
  return lanes.toSorted((a, b) => rank(a) - rank(b));
}

/** A node's day: who does what when, and what nobody does yet with the reason. */
export function DispatchPage() {
  const { t } = useT();
  const may = useMay();
  const { money } = useFormats();
  const search = route.useSearch();
  const navigate = useNavigate();
  const nodes = useServingNodes();
  const node = search.node ?? nodes[0]?.value ?? '';
  const { data, error, refetch } = useQuery({ ...boardQuery(node, search.day), enabled: node !== '' });
  const plan = useCommand({
    run: () => planBoard(node),
    touches: [['board'], ['cases']],
    done: (outcome) => t('board:planned', { booked: outcome.booked.length, left: outcome.unserved.length, cost: money(outcome.after.cost) }),
  });
  const go = (part: { node?: string; day?: string }) => void navigate({ to: '/dispatch', search: { node, ...(search.day ? { day: search.day } : {}), ...part }, replace: true });
  const day = data?.day ?? search.day;

  return (
    <>
      <PageHeader
        title={t('board:title')}
        filters={
          <>
            <NativeSelect size="xs" aria-label={t('board:node')} value={node} onChange={(event) => go({ node: event.currentTarget.value })} data={nodes} />
            {day ? (
              <span className={styles.days}>
                <Tooltip label={t('board:before')}>
                  <ActionIcon aria-label={t('board:before')} onClick={() => go({ day: shiftDay(day, -1) })}>
                    <Icon name="chevronLeft" />
                  </ActionIcon>
                </Tooltip>
                <TextInput size="xs" type="date" aria-label={t('board:day')} value={day} onChange={(event) => (event.currentTarget.value ? go({ day: event.currentTarget.value }) : undefined)} />
                <Tooltip label={t('board:after')}>
                  <ActionIcon aria-label={t('board:after')} onClick={() => go({ day: shiftDay(day, 1) })}>
                    <Icon name="chevronRight" />
                  </ActionIcon>
                </Tooltip>
              </span>
            ) : null}
            {data ? <span className="dim small">{t('board:zone', { zone: data.zone })}</span> : null}
          </>
        }
        actions={
          may('board.write') && node ? (
            <Button onClick={() => plan.mutate(undefined)} loading={plan.isPending} leftSection={<Icon name="play" size={16} />}>
              {t('board:plan')}
            </Button>
          ) : null
        }
      />
      {error && !data ? <ErrorState what={t('board:failed')} error={error} retry={() => void refetch()} /> : null}
      {!data && !error && node ? <Skeleton lines={10} /> : null}
      {node === '' ? <EmptyState icon="board" why={t('board:noNode')} /> : null}
      {data ? (
        <div className={styles.board}>
          <Tray open={data.unassigned} lanes={data.technicians} />
          <section className={styles.lanes} aria-label={t('board:technicians')}>
            {inOrder(data.technicians).map((lane) => (
              <Lane key={lane.technician} lane={lane} zone={data.zone} now={data.now} />
            ))}
            {data.technicians.length === 0 ? <EmptyState icon="users" why={t('board:nobody')} /> : null}
          </section>
        </div>
      ) : null}
    </>
  );
}
