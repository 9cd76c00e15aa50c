import { Button } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useT } from '../lib/t';
import { PageHeader } from '../ui/PageHeader';
import { EmptyState, ErrorState } from '../ui/States';
import styles from './app.module.css';

/** Unknown and forbidden look the same, here as in the API. */
export function NotFound() {
  const { t } = useT();
  return (
    <main className={styles.alone}>
      <PageHeader title={t('shell:notFound.title')} />
      <EmptyState
        icon="search"
        why={t('shell:notFound.why')}
        action={
          <Button component="a" href="/">
            {t('shell:notFound.home')}
          </Button>
        }
      />
    </main>
  );
}

/** The desk itself could not start: the server is away, or answers nonsense. */
export function LoadFailed({ error, reset }: ErrorComponentProps) {
  const { t } = useT();
  return (
    <main className={styles.alone}>
      <PageHeader title="Fettle" />
      <ErrorState what={t('shell:loadFailed')} error={error} retry={reset} />
    </main>
  );
}
