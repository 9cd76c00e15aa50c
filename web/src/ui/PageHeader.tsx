import { type ReactNode, useEffect } from 'react';
import { Icon } from './icons';
import styles from './page.module.css';

interface Props {
  title: string;
  count?: string | undefined;
  /** Badges beside the title. */
  badges?: ReactNode;
  /** Filter chips, or whatever narrows the page. */
  filters?: ReactNode;
  /** At most one primary button and an overflow menu. */
  actions?: ReactNode;
}

/** The page's one H1, and the window's title with it. */
export function PageHeader({ title, count, badges, filters, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · Fettle`;
  }, [title]);
  return (
    <div className={styles.header}>
      <div className={styles.title}>
        <h1>{title}</h1>
        {count === undefined ? null : <span className={styles.count}>{count}</span>}
        {badges}
      </div>
      {filters ? <div className={styles.filters}>{filters}</div> : null}
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </div>
  );
}

/** A filter that is on or off. */
export function Chip({ on, onChange, children }: { on: boolean; onChange: (on: boolean) => void; children: ReactNode }) {
  return (
    <button type="button" className={styles.chip} aria-pressed={on} onClick={() => onChange(!on)}>
      {on ? <Icon name="check" size={14} /> : null}
      {children}
    </button>
  );
}
