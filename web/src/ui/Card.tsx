import type { ReactNode } from 'react';
import styles from './ui.module.css';

export function Card({ title, aside, children, flush = false }: { title: string; aside?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className={styles.card} aria-label={title}>
      <div className={styles.cardHead}>
        <h2>{title}</h2>
        {aside ? <div>{aside}</div> : null}
      </div>
      <div className={flush ? undefined : styles.cardBody}>{children}</div>
    </section>
  );
}

export interface Fact {
  label: string;
  value: ReactNode;
}

/** Label and value pairs; pairs without a value are left out. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(({ value }) => value !== undefined && value !== null && value !== '')
        .map(({ label, value }) => (
          <div key={label} style={{ display: 'contents' }}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** The column of facts beside a timeline: one section per subject, each with its heading. */
export function FactsRail({ label, children }: { label: string; children: ReactNode }) {
  return (
    <aside className={styles.rail} aria-label={label}>
      {children}
    </aside>
  );
}

export function RailSection({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <div className={styles.railHead}>
        <h2>{title}</h2>
        {aside ? <div>{aside}</div> : null}
      </div>
      {children}
    </section>
  );
}

/** An identifier: never wrapped, never mistaken for a word of the sentence. */
export function Id({ children }: { children: string }) {
  return <span className={styles.id}>{children}</span>;
}
