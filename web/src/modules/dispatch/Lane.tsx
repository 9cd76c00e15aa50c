import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Icon } from '../../ui/icons';
import { Pill } from '../../ui/Pill';
import { StatusBadge } from '../../ui/StatusBadge';
import { partsTooLate, visitAtRisk } from './attention';
import { shareOf } from './board/Who';
import { dayAt } from './clock';
import styles from './dispatch.module.css';
import { useAway, useGuest } from './lend/useAway';
import type { Lane as LaneModel, Visit } from './model';

/** How full the days are: planned work and travel of what may be worked. */
function Load({ lane }: { lane: LaneModel }) {
  const { t } = useT();
  const { percent, duration } = useFormats();
  const share = shareOf(lane);
  const { travel_minutes: travel } = lane.view;
  return (
    <span className={styles.load}>
      <meter min={0} max={1} high={0.95} value={Math.min(1, share)} aria-label={t('board:load')} />
      <span>
        {percent(share)}
        {travel > 0 ? <span className="dim"> · {t('board:travel', { time: duration(travel * 60_000) })}</span> : null}
      </span>
    </span>
  );
}

function Entry({ visit, zone, risk, onOpen }: { visit: Visit; zone: string; risk: boolean; onOpen: (id: string) => void }) {
  const { t } = useT();
  const { time, duration, window, instant } = useFormats();
  const { bar } = visit;
  const reference = bar.reference ?? '';
  return (
    <li className={styles.bar} data-conflict={risk || undefined}>
      <span className={styles.time}>
        {time(bar.service_start_at, zone)} – {time(bar.service_end_at, zone)}
      </span>
      <StatusBadge kind="appointment" state={bar.state} />
      <Link to="/cases/$caseId" params={{ caseId: bar.case }} aria-label={t('board:openCase', { reference })}>
        {reference}
      </Link>
      {risk ? (
        <Pill tone="risk" icon="alert">
          {bar.conflict ? t('board:conflict') : t('board:atRisk')}
        </Pill>
      ) : null}
      {bar.parts === 'awaited' ? (
        <Pill tone="warn" icon="box">
          {t('board:partAwaited')}
        </Pill>
      ) : null}
      {bar.parts === 'late' ? (
        <Pill tone={partsTooLate(visit) ? 'risk' : 'warn'} icon="box">
          {bar.parts_from ? t('board:partLate', { when: instant(bar.parts_from, zone) }) : t('board:partUndated')}
        </Pill>
      ) : null}
      {bar.pinned ? (
        <Pill tone="plain" icon="pin">
          {t('board:pinned')}
        </Pill>
      ) : null}
      <span className={styles.promised}>
        <span className="dim small">
          {t('board:promised', { window: window(bar.start_at, bar.end_at, zone) })}
          {bar.travel_seconds >= 60 ? ` · ${t('board:travel', { time: duration(bar.travel_seconds * 1000) })}` : ''}
        </span>
        <Button size="compact-sm" variant="default" onClick={() => onOpen(bar.id)}>
          {t('board:more')} <span className="hidden-visually">{time(bar.service_start_at, zone)}</span>
        </Button>
      </span>
    </li>
  );
}

interface Props {
  lane: LaneModel;
  days: string[];
  zone: string;
  name: string;
  now: number;
  onOpen: (id: string) => void;
}

/** One technician's days, in their order: what stands for the board where there is no room for it. */
export function Lane({ lane, days, zone, name, now, onOpen }: Props) {
  const { t } = useT();
  const word = useWord();
  const { window, day: dayWord } = useFormats();
  const away = useAway(zone);
  const guest = useGuest()(lane);
  const [shift] = lane.shifts;
  const duty = days.length > 1 ? t('board:shifts', { count: lane.shifts.length }) : shift ? window(new Date(shift.from), new Date(shift.until), zone) : t('board:offDuty');
  const byDay = days.map((day) => ({ day, visits: lane.visits.filter((visit) => dayAt(visit.service.from, zone) === day) })).filter(({ visits }) => visits.length > 0);
  return (
    <article className={styles.lane}>
      <header>
        <h2>{name}</h2>
        <span className="dim small">{word('employment', lane.view.employment)}</span>
        {guest ? (
          <Pill tone="plain" icon="users">
            {guest.from}
          </Pill>
        ) : null}
        {guest ? <span className="dim small">{guest.terms}</span> : null}
        {lane.absences.length > 0 && !shift ? (
          <Pill tone="done" icon="ban">
            {t('board:absent')}
          </Pill>
        ) : (
          <span className="dim small">{duty}</span>
        )}
        {shift ? <Load lane={lane} /> : null}
      </header>
      {byDay.map(({ day, visits }) => (
        <section key={day}>
          {days.length > 1 ? <h3>{dayWord(new Date(visits[0]?.service.from ?? 0), zone)}</h3> : null}
          <ol>
            {visits.map((visit) => (
              <Entry key={visit.id} visit={visit} zone={zone} risk={visitAtRisk(visit, now)} onOpen={onOpen} />
            ))}
          </ol>
        </section>
      ))}
      {lane.busy.map((one) => (
        <p key={one.from} className="dim small">
          <Icon name="door" size={14} /> {days.length > 1 ? `${dayWord(new Date(one.from), zone)} ` : ''}
          {away(one).text}
        </p>
      ))}
      {byDay.length === 0 && lane.busy.length === 0 ? (
        <p className="dim small">
          <Icon name="calendar" size={14} /> {t('board:free')}
        </p>
      ) : null}
    </article>
  );
}
