import { Button } from '@mantine/core';
import { useState } from 'react';
import { useFormats } from '../../../lib/format';
import { useNow } from '../../../lib/now';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Icon } from '../../../ui/icons';
import type { Cell } from '../carry/cells';
import { dayLeft } from '../carry/first';
import { shiftDay } from '../clock';
import type { OpenView, Tried } from '../contract';
import styles from '../dispatch.module.css';
import type { BoardModel } from '../model';
import { OfferList } from './OfferList';
import { ruleOf } from './rule';
import { useBest } from './useBest';

interface Props {
  job: OpenView;
  model: BoardModel;
  nameOf: (technician: string) => string;
  /** Puts it there; absent where the user may not. */
  place: ((cell: Cell, tried: Tried) => void) | undefined;
}

/** Who could take a visit that nobody has on the day that is shown, or a later one, the cheapest first and each a click away; and what keeps whom from it. */
export function BestFor({ job, model, nameOf, place }: Props) {
  const { t } = useT();
  const word = useWord();
  const { day: dayWord } = useFormats();
  const { zone, node } = model.view;
  const now = useNow();
  const [day, setDay] = useState(() => dayLeft(model, now));
  const on = dayWord(new Date(`${day}T12:00:00Z`), 'UTC');
  const { fits, blocked, asking, failed } = useBest(node, job.work_order, model.lanes, day);
  const told = blocked.length > 0 ? blocked.map(({ technician, rule }) => ({ technician, rule: rule ?? 'window' })) : fits.length === 0 ? (job.why ?? []) : [];
  return (
    <>
      <section>
        <h3>{t('board:best.title', { day: on })}</h3>
        {asking ? <p className="dim small">{t('board:try.asking')}</p> : null}
        {failed ? <p className="dim small">{t('board:try.failed')}</p> : null}
        {!asking && !failed && fits.length === 0 ? <p className="dim small">{t('board:best.nobody')}</p> : null}
        <OfferList fits={fits} nameOf={nameOf} zone={zone} go={t('board:place.go')} place={place} />
        <div className={styles.turns}>
          <Button size="compact-sm" variant="subtle" onClick={() => setDay(shiftDay(day, 1))}>
            {t('board:best.later')}
          </Button>
        </div>
      </section>
      {told.length > 0 ? (
        <section>
          <h3>{t('board:best.blocked')}</h3>
          <ul>
            {told.map(({ technician, rule }) => (
              <li key={technician} className={styles.reason}>
                <Icon name="close" size={14} />
                <span>{t('board:keeps', { who: nameOf(technician), rule: word('block', ruleOf(job, technician, rule)) })}</span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}
