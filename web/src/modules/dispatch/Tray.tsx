import { ActionIcon, Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { DispatchLane, DispatchOpen } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Icon } from '../../ui/icons';
import { Pill } from '../../ui/Pill';
import { SlaPill } from '../../ui/SlaPill';
import { type Reason, WhyPopover } from '../../ui/WhyPopover';
import styles from './dispatch.module.css';

/** What keeps whom from the visit, by name where the name may be known. */
function useWhy(job: DispatchOpen, lanes: DispatchLane[]): Reason[] {
  const { t } = useT();
  const word = useWord();
  const names = new Map(lanes.map((lane) => [lane.technician, lane.name ?? lane.technician.slice(-4).toUpperCase()]));
  return (job.why ?? []).map(({ rule, technician }) => ({ weight: 'against', text: t('board:keeps', { who: names.get(technician) ?? t('board:other'), rule: word('block', rule) }) }));
}

function Job({ job, lanes }: { job: DispatchOpen; lanes: DispatchLane[] }) {
  const { t } = useT();
  const word = useWord();
  const { duration } = useFormats();
  const why = useWhy(job, lanes);
  return (
    <li className={styles.job}>
      <div className={styles.jobHead}>
        <Link to="/cases/$caseId" params={{ caseId: job.case }}>
          {t('board:openCase', { reference: job.reference ?? '' })}
        </Link>
        <span className="dim small">{word('priority', String(job.priority))}</span>
        <span className="dim small">{duration(job.minutes * 60_000)}</span>
      </div>
      {job.due_at ? <SlaPill clock={{ state: 'running', startedAt: job.ready_at, dueAt: job.due_at }} zone={job.zone} /> : null}
      {job.needs.parts?.length ? (
        <span className="dim small">
          <Icon name="box" size={14} /> {t('board:parts', { count: job.needs.parts.length })}
        </span>
      ) : null}
      {job.passed?.length ? (
        <Pill tone="warn" icon="ban">
          {t('board:passed', { count: job.passed.length })}
        </Pill>
      ) : null}
      {why.length > 0 ? <WhyPopover title={t('board:notPlanned')} reasons={why} /> : null}
    </li>
  );
}

/** Visits that are ready and that nobody has yet, the most urgent first. */
export function Tray({ open, filtered, lanes, folds }: { open: DispatchOpen[]; filtered: boolean; lanes: DispatchLane[]; folds: boolean }) {
  const { t } = useT();
  const [folded, setFolded] = useState(folds);
  const jobs = open.toSorted((a, b) => (a.due_at ?? '9').localeCompare(b.due_at ?? '9'));
  const fold = folded ? t('board:trayOpen') : t('board:trayFold');
  return (
    <section className={styles.tray} aria-label={t('board:unassigned')} data-folded={folded || undefined}>
      <div className={styles.trayHead}>
        <h2>
          <span>{t('board:unassigned')}</span> <span className="dim">{jobs.length}</span>
        </h2>
        <Tooltip label={fold}>
          <ActionIcon size={28} aria-label={fold} aria-expanded={!folded} onClick={() => setFolded(!folded)}>
            <Icon name={folded ? 'chevronRight' : 'chevronLeft'} />
          </ActionIcon>
        </Tooltip>
      </div>
      {!folded && jobs.length === 0 ? <p className="dim small">{filtered ? t('board:filterEmpty') : t('board:allPlanned')}</p> : null}
      {!folded && jobs.length > 0 ? (
        <ul>
          {jobs.map((job) => (
            <Job key={job.work_order} job={job} lanes={lanes} />
          ))}
        </ul>
      ) : null}
    </section>
  );
}
