import { useMemo } from 'react';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import type { BoardModel } from '../model';
import type { Proposal } from './model';
import styles from './whatif.module.css';

/** What people call the work orders of a board. */
export function useReferences({ open, visit }: BoardModel): (workOrder: string) => string {
  return useMemo(() => {
    const known = new Map([...open.map((job) => [job.work_order, job.reference ?? ''] as const), ...[...visit.values()].map(({ bar }) => [bar.work_order, bar.reference ?? ''] as const)]);
    return (id) => known.get(id) || id.slice(-6).toUpperCase();
  }, [open, visit]);
}

interface Props {
  proposal: Proposal;
  model: BoardModel;
  nameOf: (technician: string) => string;
}

/** What the plan has no place for, and what keeps whom from it. */
export function LeftOver({ proposal: { unserved }, model, nameOf }: Props) {
  const { t } = useT();
  const word = useWord();
  const referenceOf = useReferences(model);
  if (unserved.length === 0) return null;
  return (
    <section className={styles.changes}>
      <h3>{t('board:whatif.unserved', { count: unserved.length })}</h3>
      <ul className="small">
        {unserved.map(({ work_order: id, why }) => (
          <li key={id}>
            <strong>{referenceOf(id)}</strong>{' '}
            <span className="dim">{why.slice(0, 2).map(({ technician, rule }) => t('board:keeps', { who: nameOf(technician), rule: word('block', rule) })).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
