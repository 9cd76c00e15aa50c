import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useT } from '../lib/t';
import { isProblem, Problem } from '../api/problem';
import { useOnline } from '../lib/online';
import { Icon, type IconName } from './icons';
import styles from './ui.module.css';

/** Nothing here: one sentence why, and one action where there is one. */
export function EmptyState({ icon = 'inbox', why, action }: { icon?: IconName; why: string; action?: ReactNode }) {
  return (
    <div className={styles.empty} data-state="empty">
      <span className={styles.emptyIcon}>
        <Icon name={icon} size={22} />
      </span>
      <p>{why}</p>
      {action}
    </div>
  );
}

interface ErrorProps {
  /** What did not work, as a sentence in the user's language. */
  what: string;
  /** What is safe; without it: nothing was changed. */
  safe?: string | undefined;
  error: unknown;
  retry?: (() => void) | undefined;
}

/** What failed, why, what is safe, how to go on, and the number that support needs. */
export function ErrorState({ what, safe, error, retry }: ErrorProps) {
  const { t } = useT();
  const why = isProblem(error, 'network') ? t('common:error.network') : error instanceof Problem && error.title ? error.title : t('common:error.unknown');
  const hidden = retry !== undefined && isProblem(error) && error.status === 404; // asking again shows no more of it
  return (
    <div className={`${styles.note} ${styles.risk}`} role="alert">
      <Icon name="alert" />
      <div>
        <strong>{what}</strong>
        <p>{why}</p>
        {error instanceof Problem && error.detail && error.detail !== error.title ? <p>{error.detail}</p> : null}
        {hidden ? null : <p>{safe ?? t('common:error.safe')}</p>}
        <div className={styles.noteActions}>
          {retry && !hidden ? (
            <Button variant="default" onClick={retry} leftSection={<Icon name="retry" size={16} />}>
              {t('common:retry')}
            </Button>
          ) : null}
          {error instanceof Problem && error.supportId ? <span className="small">{t('common:error.support', { id: error.supportId })}</span> : null}
        </div>
      </div>
    </div>
  );
}

/** A remark that stays on the page: a warning, a hint, a state. */
export function Note({ tone, icon, children }: { tone: 'scheduled' | 'onsite' | 'warn' | 'risk' | 'done'; icon: IconName; children: ReactNode }) {
  return (
    <div className={`${styles.note} ${styles[tone]}`}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

/** Grey lines while something loads for the first time; nothing at all when it takes less than 200 ms. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const { t } = useT();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return <i data-state="loading" />;
  return (
    <div className={styles.skeleton} role="status" data-state="loading">
      <span className="hidden-visually">{t('common:loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} />
      ))}
    </div>
  );
}

/** Told once for the whole window while the network is away. */
export function OfflineBanner() {
  const { t } = useT();
  const online = useOnline();
  return (
    <div role="status">
      {online ? null : (
        <div className={styles.offline}>
          <Icon name="wifiOff" />
          {t('common:offline')}
        </div>
      )}
    </div>
  );
}
