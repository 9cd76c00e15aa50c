import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useFormats } from '../../lib/format';
import { useModelName, usePartName } from '../../lib/names';
import { useShortMoney } from '../../lib/shortMoney';
import { useT } from '../../lib/t';
import { movable } from '../../lib/turns';
import { useWord } from '../../lib/words';
import { Facts } from '../../ui/Card';
import { Icon } from '../../ui/icons';
import { Pill } from '../../ui/Pill';
import { useSlotReasons } from '../../ui/slotReasons';
import { StatusBadge } from '../../ui/StatusBadge';
import { lateByCase, partsTooLate } from './attention';
import type { Cell } from './carry/cells';
import type { BarView, Tried } from './contract';
import styles from './dispatch.module.css';
import type { BoardModel, Visit } from './model';
import { LateParts } from './LateParts';
import { appointmentQuery, caseQuery, reservationsQuery } from './queries';
import { OthersFor } from './reasons/Others';
import { Rebook } from './reasons/Rebook';
import { TakesUntil } from './TakesUntil';
import { Tied } from './Tied';
import { VisitActions } from './VisitActions';

function PartLine({ part, quantity, state }: { part: string; quantity: number; state: string | undefined }) {
  const { t } = useT();
  const name = usePartName(part);
  return (
    <li>
      <span>
        {quantity} × {name || part}
      </span>
      {state ? (
        <StatusBadge kind="reservation" state={state} />
      ) : (
        <Pill tone="warn" icon="pause">
          {t('case:partMissing')}
        </Pill>
      )}
    </li>
  );
}

/** The parts of this visit: held for it, or still missing. */
function Parts({ bar, zone }: { bar: BarView; zone: string }) {
  const { t } = useT();
  const { data } = useQuery(reservationsQuery(bar.case));
  if (!data) return null;
  // What was held for an appointment before this one, and given back, is nothing of this one's.
  const held = data.items.filter((item) => item.work_order === bar.work_order && (item.appointment === bar.id || item.state !== 'released')).flatMap((item) => item.lines.map((line) => ({ ...line, state: item.state as string | undefined })));
  const missing = data.waiting.filter((item) => item.work_order === bar.work_order).map(({ part, quantity }) => ({ part, quantity, state: undefined }));
  const lines = [...held, ...missing];
  return (
    <section>
      <h3>{t('case:section.parts')}</h3>
      {lines.length === 0 ? <p className="dim small">{t('board:noParts')}</p> : null}
      <ul>
        {lines.map((line) => (
          <PartLine key={`${line.part} ${line.state ?? ''}`} part={line.part} quantity={line.quantity} state={line.state} />
        ))}
      </ul>
      <LateParts key={`${bar.id} ${bar.version}`} bar={bar} zone={zone} />
    </section>
  );
}

/** Why this technician at this time. */
function Reasons({ bar }: { bar: BarView }) {
  const { t } = useT();
  const reasons = useSlotReasons(useQuery(appointmentQuery(bar.id, bar.version)).data?.reasons);
  if (reasons.length === 0) return null;
  const icons = { for: 'check', against: 'close', neutral: 'chevronRight' } as const;
  return (
    <section>
      <h3>{t('case:whyAppointment')}</h3>
      <ul>
        {reasons.map(({ weight, text }) => (
          <li key={text} className={styles.reason}>
            <Icon name={icons[weight]} size={14} />
            <span>
              {weight === 'neutral' ? null : <span className="hidden-visually">{t(`common:why.${weight}`)} </span>}
              {text}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Props {
  visit: Visit;
  model: BoardModel;
  nameOf: (technician: string) => string;
  risk: boolean;
  /** Asks where to. */
  onMove: () => void;
  /** Puts it there; absent where the user may not. */
  place: ((cell: Cell, tried: Tried) => void) | undefined;
}

/** One visit: what it is for, when and by whom, its parts, why so, and what may be done with it. */
export function Details({ visit, model, nameOf, risk, onMove, place }: Props) {
  const { t } = useT();
  const word = useWord();
  const { window, duration, day, time } = useFormats();
  const short = useShortMoney();
  const { bar } = visit;
  const { zone } = model.view;
  const { data } = useQuery(caseQuery(bar.case));
  const product = useModelName(data?.model);
  return (
    <div className={styles.details}>
      <div className={styles.badges}>
        <StatusBadge kind="appointment" state={bar.state} />
        {risk || partsTooLate(visit) ? (
          <Pill tone="risk" icon="alert">
            {bar.conflict ? t('board:conflict') : partsTooLate(visit) ? t('board:partTooLate') : t('board:atRisk')}
          </Pill>
        ) : null}
      </div>
      <div className={styles.acts}>
        <VisitActions key={bar.id} bar={bar} onMove={onMove} />
        <TakesUntil key={`${bar.id} ${bar.version}`} bar={bar} zone={zone} />
      </div>
      <Facts
        facts={[
          {
            label: t('board:fact.case'),
            value: (
              <Link to="/cases/$caseId" params={{ caseId: bar.case }}>
                {t('board:openCase', { reference: bar.reference ?? '' })}
              </Link>
            ),
          },
          { label: t('board:fact.work'), value: data?.work_type ? word('workType', data.work_type) : '' },
          { label: t('board:fact.product'), value: product },
          { label: t('board:fact.technician'), value: nameOf(visit.technician) },
          { label: t('board:fact.window'), value: `${day(bar.start_at, zone)} · ${window(bar.start_at, bar.end_at, zone)}` },
          { label: t('board:fact.planned'), value: window(bar.service_start_at, bar.service_end_at, zone) },
          { label: t('reward:fact'), value: bar.reward ? t('reward:back', { amount: short(bar.reward) }) : '' },
          { label: t('board:fact.held'), value: bar.held_until ? time(bar.held_until, zone) : '' },
          { label: t('board:fact.expected'), value: bar.expected_at ? `${time(bar.expected_at, zone)}${bar.late_seconds >= 60 ? ` · ${t(lateByCase(bar) ? 'board:lateDue' : 'board:late', { time: duration(bar.late_seconds * 1000) })}` : ''}` : '' },
          { label: t('board:fact.travel'), value: bar.travel_seconds >= 60 ? duration(bar.travel_seconds * 1000) : '' },
          { label: t('board:fact.priority'), value: data ? word('priority', String(data.priority)) : '' },
        ]}
      />
      <Tied key={`${bar.work_order} tied`} workOrder={bar.work_order} tied={bar.tied} minutes={Math.round((visit.service.until - visit.service.from) / 60_000)} zone={zone} begun={bar.state === 'on_site'} over={bar.state === 'completed'} nameOf={nameOf} />
      <Parts bar={bar} zone={zone} />
      {partsTooLate(visit) && movable(bar.state) ? <Rebook key={`${bar.id} ${bar.parts_from ?? ''}`} visit={visit} model={model} nameOf={nameOf} place={place} /> : null}
      <Reasons bar={bar} />
      {movable(bar.state) ? <OthersFor visit={visit} model={model} nameOf={nameOf} /> : null}
    </div>
  );
}
