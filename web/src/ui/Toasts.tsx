import { ActionIcon, Button } from '@mantine/core';
import { useT } from '../lib/t';
import { dismissToast, useToasts } from '../lib/toasts';
import { Icon } from './icons';
import styles from './ui.module.css';

/** What has just happened, with Undo for as long as outward effects wait. Mounted once, so that it is announced. */
export function Toasts() {
  const { t } = useT();
  return (
    <section className={styles.toasts} aria-label={t('common:toast.region')} aria-live="polite">
      {useToasts().map((toast) => (
        <div key={toast.id} className={`${styles.toast} ${toast.tone === 'error' ? styles.toastError : ''}`}>
          <span>{toast.text}</span>
          {toast.undo ? (
            <Button
              variant="subtle"
              onClick={() => {
                toast.undo?.();
                dismissToast(toast.id);
              }}
            >
              {t('common:undo')}
            </Button>
          ) : null}
          <ActionIcon aria-label={t('common:dismiss')} onClick={() => dismissToast(toast.id)} color={toast.tone === 'error' ? 'red' : 'gray'}>
            <Icon name="close" size={16} />
          </ActionIcon>
        </div>
      ))}
    </section>
  );
}
