import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Pill } from '../../../ui/Pill';
import { SlaPill } from '../../../ui/SlaPill';
import type { OpenView } from '../contract';
import { setHot, useHotAmong } from '../hot';
import styles from './tray.module.css';

interface Props {
  job: OpenView;
  /** It waits for a part. */
  awaited: boolean;
  mayPlace: boolean;
  open: boolean;
  onPlace: (workOrder: string) => void;
  onWhy: (workOrder: string) => void;
}

/** A visit that nobody has: what it is, until when, what it lacks. It can be carried to the board, or placed by a dialog. */
export const Job = memo(function Job({ job, awaited, mayPlace, open, onPlace, onWhy }: Props) {
  const { t } = useT();
  const word = useWord();
  const { duration } = useFormats();
  const id = job.work_order;
  const hot = useHotAmong((one) => one === id);
  const reference = job.reference ?? '';
  const urgent = job.priority <= 2;
  return (
    <li
      className={styles.job}
      id={`job-${id}`}
      data-job={id}
      data-cargo={mayPlace ? `job:${id}` : undefined}
      data-hot={hot ? true : undefined}
      data-open={open || undefined}
      onPointerEnter={() => setHot(id)}
      onPointerLeave={() => setHot(undefined)}
    >
      <div className={styles.jobHead}>
        <Link to="/cases/$caseId" params={{ caseId: job.case }} aria-label={t('board:openCase', { reference })}>
          {reference}
        </Link>
        <span className="dim small">{duration(job.minutes * 60_000)}</span>
      </div>
      <div className={styles.pills}>
        {urgent ? (
          <Pill tone={job.priority === 1 ? 'risk' : 'warn'} icon="flag">
            {word('priority', String(job.priority))}
          </Pill>
        ) : null}
        {job.due_at ? <SlaPill clock={{ state: 'running', startedAt: job.ready_at, dueAt: job.due_at }} zone={job.zone} /> : null}
        {awaited ? (
          <Pill tone="warn" icon="box">
            {t('board:partAwaited')}
          </Pill>
        ) : null}
        {job.passed?.length ? (
          <Pill tone="warn" icon="ban">
            {t('board:passed', { count: job.passed.length })}
          </Pill>
        ) : null}
      </div>
      <div className={styles.jobFoot}>
        {mayPlace ? (
          <Button size="compact-sm" variant="default" onClick={() => onPlace(id)} data-place={id}>
            {t('board:place.open')}
            <span className="hidden-visually"> {reference}</span>
          </Button>
        ) : null}
        <Button size="compact-sm" variant="subtle" onClick={() => onWhy(id)} aria-expanded={open} data-why={id}>
          {t('board:whyOpen')}
          <span className="hidden-visually"> {reference}</span>
        </Button>
      </div>
    </li>
  );
});
