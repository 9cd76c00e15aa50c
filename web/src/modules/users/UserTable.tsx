import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { LoginUserView } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { type Column, DataTable, MoreButton } from '../../ui/DataTable';
import { Confirm } from '../../ui/Dialogs';
import { Pill } from '../../ui/Pill';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import { When } from '../../ui/When';
import { GrantsDrawer } from './GrantsDrawer';
import { disableUser, usersQuery } from './queries';

export function UserTable() {
  const { t } = useT();
  const may = useMay();
  const [asking, setAsking] = useState<LoginUserView | null>(null);
  const [shown, setShown] = useState<LoginUserView | null>(null);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(usersQuery);
  const disable = useCommand({ run: (user: LoginUserView) => disableUser(user.id), touches: [['users']], done: (_, { name }) => t('user:disabled', { name }) });
  const columns = useMemo(
    (): Column<LoginUserView>[] => [
      { id: 'name', header: t('user:column.name'), wide: true, fixed: true, cell: (user) => user.name },
      { id: 'login', header: t('user:column.login'), cell: (user) => user.login ?? <span className="dim">{t('user:machine')}</span> },
      {
        id: 'state',
        header: t('user:column.state'),
        cell: (user) => (user.state === 'active' ? <Pill tone="onsite" icon="check">{t('user:active')}</Pill> : <Pill tone="done" icon="ban">{t('user:off')}</Pill>),
      },
      { id: 'created', header: t('user:column.created'), cell: (user) => <When at={user.created_at} /> },
      {
        id: 'do',
        header: t('user:column.do'),
        cell: (user) => (
          <span style={{ display: 'flex', gap: 6 }}>
            {may('grant.read') ? (
              <Button size="compact-sm" variant="default" aria-label={t('user:rolesOf', { name: user.name })} onClick={() => setShown(user)}>
                {t('user:roles')}
              </Button>
            ) : null}
            {may('user.write') && user.state === 'active' ? (
              <Button size="compact-sm" variant="default" aria-label={t('user:disableOne', { name: user.name })} onClick={() => setAsking(user)}>
                {t('user:disable')}
              </Button>
            ) : null}
          </span>
        ),
      },
    ],
    [t, may],
  );
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  if (error) return <ErrorState what={t('user:failed')} error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton />;
  if (rows.length === 0) return <EmptyState icon="users" why={t('user:none')} />;
  return (
    <>
      <DataTable label={t('user:users')} rows={rows} columns={columns} rowId={(user) => user.id} foot={hasNextPage ? <MoreButton onMore={() => void fetchNextPage()} loading={isFetchingNextPage} /> : null} />
      {shown ? <GrantsDrawer user={shown} onClose={() => setShown(null)} /> : null}
      <Confirm
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={t('user:disableOne', { name: asking?.name ?? '' })}
        action={t('user:disable')}
        onConfirm={() => {
          if (asking) disable.mutate(asking);
          setAsking(null);
        }}
      >
        {t('user:disableWhat')}
      </Confirm>
    </>
  );
}
