import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { isProblem } from '../../../api/problem';
import { useT } from '../../../lib/t';
import { ErrorState } from '../../../ui/States';

interface Props<Value> {
  query: UseQueryResult<Value>;
  /** Said where the thing does not exist yet. */
  none: string;
  failed: string;
  children: (value: Value) => ReactNode;
}

/** One part of the case page: it waits, is missing or fails without the others. What may not be seen counts as missing. */
export function Panel<Value>({ query, none, failed, children }: Props<Value>) {
  const { t } = useT();
  if (query.data !== undefined) return children(query.data);
  if (isProblem(query.error) && query.error.status === 404) return <p className="dim">{none}</p>;
  if (query.error) return <ErrorState what={failed} error={query.error} retry={() => void query.refetch()} />;
  return (
    <p className="dim" data-state="loading">
      {t('common:loading')} …
    </p>
  );
}
