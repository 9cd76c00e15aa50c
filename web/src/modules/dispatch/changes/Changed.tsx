import { Button, NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useHints } from '../../../lib/hints';
import { useNow } from '../../../lib/now';
import { useT } from '../../../lib/t';
import { SideDrawer } from '../../../ui/Dialogs';
import { Icon } from '../../../ui/icons';
import { EmptyState, ErrorState, Skeleton } from '../../../ui/States';
import type { BoardModel } from '../model';
import { changesQuery, changesTableOf } from '../queries';
import { ChangedVisit, kinds } from './ChangedVisit';
import { lookedAt, noteLook, sinceOf, type Span, spans } from './since';
import styles from './changes.module.css';

interface Props {
  model: BoardModel;
  nameOf: (technician: string) => string;
  onShow: (appointment: string) => void;
  onClose: () => void;
}

/** What has become of the node's visits since somebody last looked, and why: what a shift that begins wants to know. */
export function Changed({ model, nameOf, onShow, onClose }: Props) {
  const { t } = useT();
  const now = useNow();
  const { node, zone } = model.view;
  const [opened] = useState(now);
  const [looked] = useState(() => lookedAt(node, opened));
  const [span, setSpan] = useState<Span>(looked ? 'look' : 'day');
  const [kind, setKind] = useState<string>();
  const since = new Date(sinceOf(span, opened, zone, looked)).toISOString();
  const { data, error, refetch } = useQuery({ ...changesQuery(node, since), placeholderData: keepPreviousData });
  useHints(`board:${node}`, () => void refetch());
  useEffect(() => {
    if (data) noteLook(node, opened);
  }, [data, node, opened]);

  const counts = kinds.map((one) => ({ kind: one, count: data?.items.filter(({ change }) => change === one).length ?? 0 })).filter(({ count }) => count > 0);
  const shown = data?.items.filter(({ change }) => !kind || change === kind) ?? [];
  return (
    <SideDrawer open onClose={onClose} title={t('board:changes.title')}>
      <div className={styles.panel}>
        <div className={styles.ask}>
          <NativeSelect
            label={t('board:changes.since')}
            value={span}
            onChange={(event) => setSpan(event.currentTarget.value as Span)}
            data={spans.filter((one) => one !== 'look' || looked).map((one) => ({ value: one, label: t(`board:changes.span.${one}`) }))}
          />
          {data && data.items.length > 0 ? (
            <Button component="a" href={changesTableOf(node, since)} download variant="default" leftSection={<Icon name="file" size={16} />}>
              {t('board:changes.save')}
            </Button>
          ) : null}
        </div>
        {error && !data ? <ErrorState what={t('board:changes.failed')} error={error} retry={() => void refetch()} /> : null}
        {!data && !error ? <Skeleton lines={6} /> : null}
        {data && data.items.length === 0 ? <EmptyState icon="checkCircle" why={t('board:changes.none')} /> : null}
        {counts.length > 1 ? (
          <div className={styles.kinds} role="group" aria-label={t('board:changes.kinds')}>
            {counts.map(({ kind: one, count }) => (
              <Button key={one} size="compact-sm" variant={kind === one ? 'filled' : 'default'} aria-pressed={kind === one} onClick={() => setKind(kind === one ? undefined : one)}>
                {t(`board:changes.kind.${one}`)} {count}
              </Button>
            ))}
          </div>
        ) : null}
        <ol className={styles.visits}>
          {shown.map((change) => (
            <ChangedVisit key={change.work_order} change={change} zone={zone} nameOf={nameOf} onShow={onShow} />
          ))}
        </ol>
      </div>
    </SideDrawer>
  );
}
