import { useMemo } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import type { BoardModel } from '../model';
import { byRule } from '../reasons/rule';
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

/** So many are named; of more it is said how many they are. */
const NAMED = 2;

/** What the plan has no place for, and what keeps how many from it: what keeps most comes first. */
export function LeftOver({ proposal: { unserved }, model, nameOf }: Props) {
  const { t } = useT();
  const word = useWord();
  const { list } = useFormats();
  const referenceOf = useReferences(model);
  if (unserved.length === 0) return null;
  const jobs = new Map(model.open.map((job) => [job.work_order, job]));
  const who = (people: string[]) => (people.length <= NAMED ? list(people.map(nameOf)) : t('board:whatif.people', { count: people.length }));
  return (
    <section className={styles.changes}>
      <h3>{t('board:whatif.unserved', { count: unserved.length })}</h3>
      <ul className="small">
        {unserved.map(({ work_order: id, why }) => (
          <li key={id}>
            <strong>{referenceOf(id)}</strong>{' '}
            <span className="dim">{byRule(jobs.get(id) ?? {}, why).map(({ rule, people }) => t('board:keeps', { who: who(people), rule: word('block', rule) })).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
