import { Checkbox } from '@mantine/core';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import type { BoardModel } from '../model';
import { LeftOver, useReferences } from './LeftOver';
import { type Handover, isHandover, keyOf, type NewPlace, type Proposal } from './model';
import styles from './whatif.module.css';

interface Props {
  proposal: Proposal;
  model: BoardModel;
  nameOf: (technician: string) => string;
  /** What is left out. */
  without: Set<string>;
  toggle: (key: string) => void;
  /** What became of it, where it has been tried. */
  refused: Map<string, string>;
}

/** What the plan would change, one by one; each may be left out. */
export function Changes({ proposal, model, nameOf, without, toggle, refused }: Props) {
  const { t } = useT();
  const { day, window } = useFormats();
  const { zone } = model.view;
  const referenceOf = useReferences(model);
  const where = (one: NewPlace | Handover) => {
    const who = nameOf(isHandover(one) ? one.to : one.technician);
    return one.start_at && one.end_at ? `${who} · ${day(one.start_at, zone)} · ${window(one.start_at, one.end_at, zone)}` : who;
  };
  const change = (one: NewPlace | Handover) => {
    const key = keyOf(one);
    const why = refused.get(key);
    return (
      <li key={key}>
        <Checkbox
          checked={!without.has(key)}
          onChange={() => toggle(key)}
          label={referenceOf(one.work_order ?? key)}
          description={isHandover(one) ? t('board:whatif.from', { who: nameOf(one.from ?? ''), where: where(one) }) : where(one)}
          error={why}
        />
      </li>
    );
  };
  return (
    <>
      {proposal.places.length > 0 ? (
        <section className={styles.changes}>
          <h3>{t('board:whatif.places', { count: proposal.places.length })}</h3>
          <ul>{proposal.places.map(change)}</ul>
        </section>
      ) : null}
      {proposal.moves.length > 0 ? (
        <section className={styles.changes}>
          <h3>{t('board:whatif.moves', { count: proposal.moves.length })}</h3>
          <ul>{proposal.moves.map(change)}</ul>
        </section>
      ) : null}
      <LeftOver proposal={proposal} model={model} nameOf={nameOf} />
    </>
  );
}
