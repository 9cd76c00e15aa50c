import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorState } from '../../../ui/States';
import { useT } from '../../../lib/t';
import { showToast } from '../../../lib/toasts';
import { useWord } from '../../../lib/words';
import type { BoardModel } from '../model';
import { adoptPlan, type Step, undoSteps } from '../queries';
import { Changes } from './Changes';
import { type AdoptResult, isHandover, keyOf, type NewPlace, type Proposal, sortedOut } from './model';
import styles from './whatif.module.css';

interface Props {
  proposal: Proposal;
  model: BoardModel;
  nameOf: (technician: string) => string;
  onAgain: () => void;
  onDone: () => void;
}

/** Takes adopted changes back, and tells how many. */
function useUndo(node: string): (steps: Step[]) => Promise<void> {
  const { t } = useT();
  const queries = useQueryClient();
  return async (steps) => {
    const { results } = await undoSteps(node, steps).catch(() => ({ results: [] }));
    const back = results.filter(({ result }) => result === 'undone').length;
    if (back > 0) showToast(t('board:whatif.undone', { count: back }));
    if (back < steps.length) showToast(t('board:whatif.stays', { count: steps.length - back }), { tone: 'error' });
    await queries.invalidateQueries({ queryKey: ['board'] });
  };
}

/** What the plan would change, to be adopted as a whole or in part. What cannot be done any more says why, and stays on the list. */
export function Adopt({ proposal, model, nameOf, onAgain, onDone }: Props) {
  const { t } = useT();
  const word = useWord();
  const queries = useQueryClient();
  const { node } = model.view;
  const undo = useUndo(node);
  const [without, setWithout] = useState(new Set<string>());
  const [refused, setRefused] = useState(new Map<string, string>());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wanted = [...proposal.places, ...proposal.moves].filter((change) => !without.has(keyOf(change)));
  const toggle = (key: string) => setWithout((before) => (before.has(key) ? new Set([...before].filter((one) => one !== key)) : new Set([...before, key])));
  const why = ({ rule, technician }: AdoptResult) => (rule ? word('block', rule) : technician ? t('board:whatif.theirs', { who: nameOf(technician) }) : t('board:clash.gone'));

  const tell = (results: AdoptResult[]) => {
    const { done, refused: left } = sortedOut(wanted, results);
    const text = left.size === 0 ? t('board:whatif.adopted', { count: done.length }) : t('board:whatif.partly', { done: done.length, count: wanted.length });
    showToast(text, done.length > 0 ? { undo: () => void undo(done) } : { tone: 'error' });
    if (left.size === 0) return onDone();
    setWithout(new Set([...without, ...wanted.map(keyOf).filter((key) => !left.has(key))]));
    setRefused(new Map([...left].map(([key, result]) => [key, why(result)])));
  };
  const go = async () => {
    setBusy(true);
    setError(null);
    try {
      tell((await adoptPlan(node, { places: wanted.filter((one): one is NewPlace => !isHandover(one)), moves: wanted.filter(isHandover) })).results);
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
    await Promise.all([['board'], ['boards'], ['engine'], ['cases'], ['case']].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
  return (
    <>
      <Changes proposal={proposal} model={model} nameOf={nameOf} without={without} toggle={toggle} refused={refused} />
      {error ? <ErrorState what={t('board:whatif.notAdopted')} error={error} /> : null}
      <div className={styles.foot}>
        <Button onClick={() => void go()} disabled={wanted.length === 0} loading={busy}>
          {t('board:whatif.adopt', { count: wanted.length })}
        </Button>
        <Button variant="default" onClick={onAgain} disabled={busy}>
          {t('board:whatif.again')}
        </Button>
      </div>
    </>
  );
}
