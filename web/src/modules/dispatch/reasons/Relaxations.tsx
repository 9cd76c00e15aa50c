import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DispatchRelaxation } from '../../../api/client';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import type { Cell } from '../carry/cells';
import type { OpenView } from '../contract';
import styles from '../dispatch.module.css';
import type { BoardModel } from '../model';
import { openReasonsQuery } from '../queries';
import { ruleOf } from './rule';

const SHOWN = 3;

/** By how much a rule would have to give way, in its own unit. */
function useBy(): (one: DispatchRelaxation) => string {
  const { t } = useT();
  const { duration, number, money } = useFormats();
  return ({ by, unit, cost }) => {
    switch (unit) {
      case 'seconds':
        return duration(by * 1000);
      case 'metres':
        return number(by / 1000, { style: 'unit', unit: 'kilometer', maximumFractionDigits: 1 });
      case 'visits':
        return t('board:relax.visits', { count: by });
      case 'minor':
        return money({ minor: by, currency: cost.currency });
      case 'none':
        return '';
    }
  };
}

interface Props {
  job: OpenView;
  model: BoardModel;
  nameOf: (technician: string) => string;
  /** Asks where to, beginning there; absent where the user may not. */
  ask: ((cell: Cell) => void) | undefined;
  /** Opens a visit that would have to move. */
  show: (appointment: string) => void;
}

/** Where nobody can take a visit: which rule would have to give way, for whom, by how much and at what price; each checked by doing it. */
export function Relaxations({ job, model, nameOf, ask, show }: Props) {
  const { t } = useT();
  const word = useWord();
  const { money, instant } = useFormats();
  const byOf = useBy();
  const { zone, node } = model.view;
  const { data } = useQuery(openReasonsQuery(node, job.work_order));
  if (!data || data.fits) return null;
  // A rule that knows no more or less, such as a skill, cannot be stretched by hand: nothing is offered there.
  const line = (one: DispatchRelaxation) => {
    const { moved } = one;
    const by = byOf(one);
    const what = moved ? t('board:relax.moved', { reference: model.visit.get(moved)?.bar.reference ?? '' }) : t('board:keeps', { who: nameOf(one.technician), rule: word('block', ruleOf(job, one.technician, one.rule)) });
    return (
      <li key={`${one.technician} ${one.rule} ${moved ?? ''}`} className={styles.offer}>
        <span>
          {what}
          <span className="dim small">{[by ? t('board:relax.by', { by }) : '', moved ? nameOf(one.technician) : '', instant(one.start_at, zone), t('board:relax.cost', { cost: money(one.cost) })].filter(Boolean).join(' · ')}</span>
        </span>
        {moved && model.visit.has(moved) ? (
          <Button size="compact-sm" variant="default" onClick={() => show(moved)}>
            {t('board:relax.show')}
          </Button>
        ) : null}
        {!moved && ask && one.unit !== 'none' ? (
          <Button size="compact-sm" variant="default" onClick={() => ask({ technician: one.technician, at: Date.parse(one.start_at) })}>
            {t('board:place.open')}
          </Button>
        ) : null}
      </li>
    );
  };
  return (
    <section>
      <h3>{t('board:relax.title')}</h3>
      {data.relaxations.length === 0 ? <p className="dim small">{t('board:relax.none', { count: data.days })}</p> : null}
      <ul>{data.relaxations.slice(0, SHOWN).map(line)}</ul>
    </section>
  );
}
