import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { LoginTokenView } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { type Column, DataTable, MoreButton } from '../../ui/DataTable';
import { Confirm } from '../../ui/Dialogs';
import { Pill } from '../../ui/Pill';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import { When } from '../../ui/When';
import { revokeToken, tokensQuery } from './queries';

export function TokenTable() {
  const { t } = useT();
  const may = useMay();
  const [asking, setAsking] = useState<LoginTokenView | null>(null);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(tokensQuery);
  const revoke = useCommand({ run: (token: LoginTokenView) => revokeToken(token.id), touches: [['tokens']], done: (_, { name }) => t('user:revoked', { name }) });
  const columns = useMemo(
    (): Column<LoginTokenView>[] => [
      { id: 'name', header: t('user:column.purpose'), wide: true, fixed: true, cell: (token) => token.name },
      {
        id: 'state',
        header: t('user:column.state'),
        cell: (token) => (token.revoked_at ? <Pill tone="done" icon="ban">{t('user:isRevoked')}</Pill> : <Pill tone="onsite" icon="check">{t('user:valid')}</Pill>),
      },
      { id: 'scopes', header: t('user:column.scopes'), cell: (token) => (token.limited ? token.scopes.join(', ') : t('user:unlimited')) },
      { id: 'created', header: t('user:column.created'), cell: (token) => <When at={token.created_at} /> },
      { id: 'used', header: t('user:column.used'), cell: (token) => token.last_used_on ?? <span className="dim">{t('user:never')}</span> },
      {
        id: 'do',
        header: t('user:column.do'),
        cell: (token) =>
          may('token.write') && !token.revoked_at ? (
            <Button size="compact-sm" variant="default" aria-label={t('user:revokeOne', { name: token.name })} onClick={() => setAsking(token)}>
              {t('user:revoke')}
            </Button>
          ) : null,
      },
    ],
    [t, may],
  );
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  if (error) return <ErrorState what={t('user:tokensFailed')} error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton />;
  if (rows.length === 0) return <EmptyState icon="link" why={t('user:noTokens')} />;
  return (
    <>
      <DataTable label={t('user:tokens')} rows={rows} columns={columns} rowId={(token) => token.id} foot={hasNextPage ? <MoreButton onMore={() => void fetchNextPage()} loading={isFetchingNextPage} /> : null} />
      <Confirm
        open={asking !== null}
        onClose={() => setAsking(null)}
        title={t('user:revokeOne', { name: asking?.name ?? '' })}
        action={t('user:revoke')}
        onConfirm={() => {
          if (asking) revoke.mutate(asking);
          setAsking(null);
        }}
      >
        {t('user:revokeWhat')}
      </Confirm>
    </>
  );
}
