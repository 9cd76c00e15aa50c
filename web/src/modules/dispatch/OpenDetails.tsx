import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useFormats } from '../../lib/format';
import { usePartName } from '../../lib/names';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Facts } from '../../ui/Card';
import { Icon } from '../../ui/icons';
import type { Cell } from './carry/cells';
import type { OpenView, Tried } from './contract';
import styles from './dispatch.module.css';
import type { BoardModel } from './model';
import { BestFor } from './reasons/Best';
import { Relaxations } from './reasons/Relaxations';
import { Tied } from './Tied';

function PartName({ part, quantity }: { part: string; quantity: number }) {
  const name = usePartName(part);
  return (
    <li>
      {quantity} × {name || part}
    </li>
  );
}

interface Props {
  job: OpenView;
  model: BoardModel;
  nameOf: (technician: string) => string;
  mayPlace: boolean;
  /** Asks where to. */
  onPlace: (at?: Cell) => void;
  /** Opens a visit of somebody. */
  onShow: (appointment: string) => void;
  place: (cell: Cell, tried: Tried) => void;
}

/** A visit that nobody has: what it is for, what it needs, and what keeps whom from it. */
export function OpenDetails({ job, model, nameOf, mayPlace, onPlace, onShow, place }: Props) {
  const { t } = useT();
  const word = useWord();
  const { duration, instant } = useFormats();
  const reference = job.reference ?? '';
  return (
    <div className={styles.details}>
      {mayPlace ? (
        <div className={styles.turns}>
          <Button onClick={() => onPlace()} leftSection={<Icon name="calendar" size={14} />} aria-keyshortcuts="m">
            {t('board:place.open')}
          </Button>
        </div>
      ) : null}
      <Facts
        facts={[
          {
            label: t('board:fact.case'),
            value: (
              <Link to="/cases/$caseId" params={{ caseId: job.case }} aria-label={t('board:openCase', { reference })}>
                {reference}
              </Link>
            ),
          },
          { label: t('board:fact.priority'), value: word('priority', String(job.priority)) },
          { label: t('board:fact.takes'), value: duration(job.minutes * 60_000) },
          { label: t('board:fact.due'), value: job.due_at ? instant(job.due_at, job.zone) : '' },
          { label: t('board:fact.skills'), value: (job.needs.skills ?? []).map(({ skill, level }) => t('board:skill', { skill, level })).join(', ') },
        ]}
      />
      <BestFor job={job} model={model} nameOf={nameOf} place={mayPlace ? place : undefined} />
      <Relaxations job={job} model={model} nameOf={nameOf} ask={mayPlace ? onPlace : undefined} show={onShow} />
      {job.needs.parts?.length ? (
        <section>
          <h3>{t('case:section.parts')}</h3>
          <ul>
            {job.needs.parts.map(({ part, quantity }) => (
              <PartName key={part} part={part} quantity={quantity} />
            ))}
          </ul>
        </section>
      ) : null}
      <Tied key={`${job.work_order} tied`} workOrder={job.work_order} tied={job.tied} minutes={job.minutes} zone={job.zone} nameOf={nameOf} />
    </div>
  );
}
