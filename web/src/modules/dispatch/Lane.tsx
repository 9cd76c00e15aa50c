import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { DispatchBar, DispatchLane } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Icon } from '../../ui/icons';
import { Pill } from '../../ui/Pill';
import { StatusBadge } from '../../ui/StatusBadge';
import styles from './dispatch.module.css';

/** How full the day is: planned work and travel of what may be worked. */
function Load({ lane }: { lane: DispatchLane }) {
  const { t } = useT();
  const { percent, duration } = useFormats();
  const share = lane.max_minutes > 0 ? lane.planned_minutes / lane.max_minutes : 0;
  return (
    <span className={styles.load}>
      <meter min={0} max={1} high={0.95} value={Math.min(1, share)} aria-label={t('board:load')} />
      <span>
        {percent(share)}
        {lane.travel_minutes > 0 ? <span className="dim"> · {t('board:travel', { time: duration(lane.travel_minutes * 60_000) })}</span> : null}
      </span>
    </span>
  );
}

function Bar({ bar, zone, onOpen }: { bar: DispatchBar; zone: string; onOpen: (id: string) => void }) {
  const { t } = useT();
  const { time, duration, window } = useFormats();
  return (
    <li className={styles.bar} data-conflict={bar.conflict || undefined}>
      <span className={styles.time}>
        {time(bar.service_start_at, zone)} – {time(bar.service_end_at, zone)}
      </span>
      <StatusBadge kind="appointment" state={bar.state} />
      <Link to="/cases/$caseId" params={{ caseId: bar.case }}>
        {t('board:openCase', { reference: bar.reference ?? '' })}
      </Link>
      <Button size="compact-sm" variant="default" onClick={() => onOpen(bar.id)}>
        {t('board:more')} <span className="hidden-visually">{time(bar.service_start_at, zone)}</span>
      </Button>
      <span className="dim small">
        {t('board:promised', { window: window(bar.start_at, bar.end_at, zone) })}
        {bar.travel_seconds >= 60 ? ` · ${t('board:travel', { time: duration(bar.travel_seconds * 1000) })}` : ''}
      </span>
      {bar.conflict ? (
        <Pill tone="risk" icon="alert">
          {t('board:conflict')}
        </Pill>
      ) : null}
    </li>
  );
}

/** One technician's day, in its order: what stands for the board where there is no room for it. */
export function Lane({ lane, zone, onOpen }: { lane: DispatchLane; zone: string; onOpen: (id: string) => void }) {
  const { t } = useT();
  const word = useWord();
  const { window } = useFormats();
  return (
    <article className={styles.lane}>
      <header>
        <h2>{lane.name ?? t('board:someone', { number: lane.technician.slice(-4).toUpperCase() })}</h2>
        <span className="dim small">{word('employment', lane.employment)}</span>
        {lane.absent ? (
          <Pill tone="done" icon="ban">
            {t('board:absent')}
          </Pill>
        ) : lane.shift ? (
          <span className="dim small">{window(lane.shift.start_at, lane.shift.end_at, zone)}</span>
        ) : (
          <span className="dim small">{t('board:offDuty')}</span>
        )}
        {lane.shift && !lane.absent ? <Load lane={lane} /> : null}
      </header>
      {lane.appointments.length > 0 ? (
        <ol>
          {lane.appointments.toSorted((a, b) => a.service_start_at.localeCompare(b.service_start_at)).map((bar) => (
            <Bar key={bar.id} bar={bar} zone={zone} onOpen={onOpen} />
          ))}
        </ol>
      ) : (
        <p className="dim small">
          <Icon name="calendar" size={14} /> {t('board:free')}
        </p>
      )}
    </article>
  );
}
