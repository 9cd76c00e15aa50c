import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useT } from '../lib/t';
import { Icon, type IconName } from './icons';
import styles from './page.module.css';
import { When } from './When';

export interface TimelineEntry {
  id: string;
  icon: IconName;
  tone?: 'plain' | 'brand' | 'risk';
  actor: string;
  /** What was done to what, as a phrase that follows the actor. */
  what: ReactNode;
  at: string;
  /** Where it came from: the portal, an e-mail, the technician's phone. */
  source?: string | undefined;
  /** A message or a remark, in its own language. */
  body?: { text: string; lang?: string | undefined } | undefined;
  extra?: ReactNode;
  /** Bookkeeping that is folded away until it is asked for. */
  system?: boolean;
}

/** Runs of system entries fold into one line each; everything else stays in order. */
export function foldEntries(entries: TimelineEntry[]): TimelineEntry[][] {
  const runs: TimelineEntry[][] = [];
  for (const entry of entries) {
    const run = runs.at(-1);
    if (run && entry.system && run[0]?.system) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}

const dots = { plain: '', brand: styles.dotBrand, risk: styles.dotRisk } as const;

function Entry({ entry, zone }: { entry: TimelineEntry; zone?: string | undefined }) {
  return (
    <li className={styles.entry}>
      <span className={`${styles.dot} ${dots[entry.tone ?? 'plain']}`}>
        <Icon name={entry.icon} size={16} />
      </span>
      <div>
        <div className={styles.entryHead}>
          <strong>{entry.actor}</strong>
          <span>{entry.what}</span>
          <When at={entry.at} zone={zone} />
          {entry.source ? <span className={styles.source}>{entry.source}</span> : null}
        </div>
        {entry.body ? (
          <div className={styles.body} lang={entry.body.lang}>
            {entry.body.text}
          </div>
        ) : null}
        {entry.extra}
      </div>
    </li>
  );
}

function Folded({ entries, zone }: { entries: TimelineEntry[]; zone?: string | undefined }) {
  const { t } = useT();
  const [open, setOpen] = useState(false);
  if (open) return entries.map((entry) => <Entry key={entry.id} entry={entry} zone={zone} />);
  return (
    <li className={styles.fold}>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={() => setOpen(true)} leftSection={<Icon name="chevronDown" size={14} />}>
        {t('common:timeline.folded', { count: entries.length })}
      </Button>
    </li>
  );
}

/** What happened, oldest first: who, what, when, from where. */
export function Timeline({ entries, zone, label }: { entries: TimelineEntry[]; zone?: string | undefined; label: string }) {
  return (
    <ol className={styles.timeline} aria-label={label}>
      {foldEntries(entries).map((run) => {
        const first = run[0] as TimelineEntry;
        return first.system ? <Folded key={first.id} entries={run} zone={zone} /> : <Entry key={first.id} entry={first} zone={zone} />;
      })}
    </ol>
  );
}
