import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isProblem } from '../../api/problem';
import { useT } from '../../lib/t';
import { ErrorState, Note } from '../../ui/States';
import { findCase } from './queries';

/** Goes to the case with this reference, or says that there is none. */
export function Lookup({ reference, onDone }: { reference: string; onDone: () => void }) {
  const { t } = useT();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery({ queryKey: ['case-reference', reference], queryFn: () => findCase(reference), retry: false });
  useEffect(() => {
    if (data) void navigate({ to: '/cases/$caseId', params: { caseId: data.id }, replace: true });
  }, [data, navigate]);
  if (!error) return null;
  if (!isProblem(error) || error.status !== 404) return <ErrorState what={t('case:queue.failed')} error={error} retry={() => void refetch()} />;
  return (
    <div role="status">
      <Note tone="warn" icon="search">
        {t('case:queue.notFound', { reference })}
        <Button variant="default" onClick={onDone} style={{ justifySelf: 'start' }}>
          {t('common:close')}
        </Button>
      </Note>
    </div>
  );
}
