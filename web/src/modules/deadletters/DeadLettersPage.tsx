import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, type AppLetter, body } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { Card, Id } from '../../ui/Card';
import { type Column, DataTable } from '../../ui/DataTable';
import { Confirm } from '../../ui/Dialogs';
import { PageHeader } from '../../ui/PageHeader';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import { When } from '../../ui/When';
import styles from './deadletters.module.css';

const lettersQuery = { queryKey: ['dead-letters'], queryFn: () => body(api.GET('/v1/dead-letters')), refetchInterval: 15_000 };

const lane = ({ subscriber = '', subject = '', seq }: AppLetter) => ({ subscriber, subject, ...(seq === undefined ? {} : { seq }) });

async function replay(letter: AppLetter): Promise<void> {
  if (letter.job) await api.POST('/v1/jobs/{id}/replay', { params: { path: { id: letter.job } } });
  else await api.POST('/v1/dead-letters/replay', { body: lane(letter) });
}

const letterId = (letter: AppLetter) => letter.job ?? `${letter.subscriber} ${letter.subject} ${letter.seq}`;

function Letters({ letters, events, skip }: { letters: AppLetter[]; events: boolean; skip: (letter: AppLetter) => void }) {
  const { t } = useT();
  const may = useMay();
  const { number } = useFormats();
  const again = useCommand({ run: replay, touches: [['dead-letters']], done: () => t('dead:replayed') });
  const { mutate } = again;
  const columns = useMemo(
    (): Column<AppLetter>[] => [
      { id: 'name', header: t(events ? 'dead:column.event' : 'dead:column.job'), wide: true, fixed: true, cell: (letter) => letter.name },
      ...(events
        ? [
            { id: 'subscriber', header: t('dead:column.subscriber'), cell: (letter: AppLetter) => letter.subscriber },
            { id: 'subject', header: t('dead:column.subject'), cell: (letter: AppLetter) => <Id>{letter.subject ?? ''}</Id> },
            { id: 'waiting', header: t('dead:column.waiting'), end: true, cell: (letter: AppLetter) => number(letter.waiting ?? 0) },
          ]
        : []),
      { id: 'code', header: t('dead:column.code'), cell: (letter) => <span className={styles.code}>{letter.code}</span> },
      { id: 'attempts', header: t('dead:column.attempts'), end: true, cell: (letter) => number(letter.attempts) },
      { id: 'parked', header: t('dead:column.parked'), cell: (letter) => <When at={letter.parked_at} relative /> },
      {
        id: 'do',
        header: t('dead:column.do'),
        cell: (letter) =>
          may('deadletter.write') ? (
            <span style={{ display: 'flex', gap: 6 }}>
              <Button size="compact-sm" variant="default" aria-label={t('dead:replayOne', { name: letter.name })} onClick={() => mutate(letter)}>
                {t('dead:replay')}
              </Button>
              {events ? (
                <Button size="compact-sm" variant="default" aria-label={t('dead:skipOne', { name: letter.name })} onClick={() => skip(letter)}>
                  {t('dead:skip')}
                </Button>
              ) : null}
            </span>
          ) : null,
      },
    ],
    [t, may, number, events, mutate, skip],
  );
  return <DataTable label={t(events ? 'dead:events' : 'dead:jobs')} rows={letters} columns={columns} rowId={letterId} stepping />;
}

/** Events and jobs that failed too often: looked at by a person, then tried again or passed over. */
export function DeadLettersPage() {
  const { t } = useT();
  const [asking, setAsking] = useState<AppLetter | null>(null);
  const { data, error, refetch } = useQuery(lettersQuery);
  const skip = useCommand({ run: (letter: AppLetter) => body(api.POST('/v1/dead-letters/skip', { body: lane(letter) })), touches: [['dead-letters']], done: () => t('dead:skipped') });
  const total = (data?.events.length ?? 0) + (data?.jobs.length ?? 0);
  return (
    <>
      <PageHeader title={t('dead:title')} count={data ? String(total) : undefined} />
      {error && !data ? <ErrorState what={t('dead:failed')} error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Skeleton /> : null}
      {data && total === 0 ? <EmptyState icon="checkCircle" why={t('dead:none')} /> : null}
      <div className={styles.parts}>
        {data && data.events.length > 0 ? (
          <Card title={t('dead:events')} flush>
            <Letters letters={data.events} events skip={setAsking} />
          </Card>
        ) : null}
        {data && data.jobs.length > 0 ? (
          <Card title={t('dead:jobs')} flush>
            <Letters letters={data.jobs} events={false} skip={setAsking} />
          </Card>
        ) : null}
      </div>
      <Confirm
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={t('dead:skipOne', { name: asking?.name ?? '' })}
        action={t('dead:skip')}
        onConfirm={() => {
          if (asking) skip.mutate(asking);
          setAsking(null);
        }}
      >
        {t('dead:skipWhat')}
      </Confirm>
    </>
  );
}
