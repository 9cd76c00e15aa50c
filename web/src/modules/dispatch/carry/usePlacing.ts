import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isProblem } from '../../../api/problem';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { showToast } from '../../../lib/toasts';
import { useWord } from '../../../lib/words';
import { WINDOW } from '../clock';
import type { BoardView, Tried } from '../contract';
import { bookVisit, moveVisit, readAppointment, type Step, undoSteps } from '../queries';
import { type Cargo, type Cell, promiseAt } from './cells';
import { placed } from './patch';

/** Somebody else was faster: what was wanted, and how it stands now. */
export interface Clash {
  cargo: Cargo;
  wanted: Cell;
  theirs: { technician: string; start_at: string; end_at: string; state: string; version: number } | null;
}

interface Options {
  node: string;
  queryKey: readonly unknown[];
  nameOf: (technician: string) => string;
  zone: string;
  versionOf: (appointment: string) => number;
  say: (text: string) => void;
}

/** Codes that say that the thing was changed by somebody else meanwhile. */
const overtaken = (error: unknown): boolean => isProblem(error) && (error.status === 412 || error.code === 'dispatch.job_closed' || error.code === 'dispatch.transition');

async function send(cargo: Cargo, cell: Cell, version: number): Promise<Step> {
  const at = new Date(promiseAt(cargo, cell)).toISOString();
  const moved = cargo.kind === 'job' ? await bookVisit(cargo.id, at, cell.technician) : await moveVisit(cargo.id, version, at, cell.technician);
  return { appointment: moved.id, version: moved.version };
}

async function clashOf(cargo: Cargo, wanted: Cell): Promise<Clash> {
  return { cargo, wanted, theirs: cargo.kind === 'visit' ? await readAppointment(cargo.id).catch(() => null) : null };
}

/**
 * Puts visits where they were dropped: shown at once, sent, and taken back with the reason where it is refused. For ten seconds it can be undone.
 * Where somebody else has changed the visit meanwhile, both versions are shown, and nothing is lost.
 */
export function usePlacing({ node, queryKey, nameOf, zone, versionOf, say }: Options) {
  const queries = useQueryClient();
  const { t } = useT();
  const word = useWord();
  const { day, window } = useFormats();
  const [clash, setClash] = useState<Clash | null>(null);

  const refresh = () => Promise.all([['board', node], ['boards'], ['cases'], ['case'], ['appointment']].map((key) => queries.invalidateQueries({ queryKey: key })));
  const told = (cell: Cell, start: number) => ({ who: nameOf(cell.technician), when: `${day(new Date(start), zone)}, ${window(new Date(start), new Date(start + WINDOW), zone)}` });
  const byRule = (technician: string, rule: string) => t('board:place.refused', { why: t('board:keeps', { who: nameOf(technician), rule: word('block', rule) }) });
  const refused = (error: unknown, technician: string) => {
    if (isProblem(error) && typeof error.args['rule'] === 'string') return byRule(technician, error.args['rule']);
    const why = isProblem(error) && error.title ? error.title : t(isProblem(error, 'network') ? 'common:error.network' : 'common:error.unknown');
    return t('board:place.refused', { why });
  };
  const complain = (text: string) => {
    showToast(text, { tone: 'error' });
    say(text);
  };

  const undo = async (done: Step, technician: string) => {
    try {
      const [answer] = (await undoSteps(node, [done])).results;
      if (answer?.result !== 'undone') complain(answer?.rule ? byRule(technician, answer.rule) : t('board:place.movedOn'));
      else {
        say(t('board:place.undone'));
        showToast(t('board:place.undone'));
      }
    } catch (error) {
      complain(refused(error, technician));
    }
    await refresh();
  };

  /** Returns whether it was done. */
  const place = async (cargo: Cargo, cell: Cell, tried?: Tried, version = cargo.kind === 'visit' ? versionOf(cargo.id) : 0): Promise<boolean> => {
    if (tried && !tried.fits && tried.hard) {
      complain(byRule(cell.technician, tried.rule ?? 'window'));
      return false;
    }
    await queries.cancelQueries({ queryKey, exact: true });
    const before = queries.getQueryData<BoardView>(queryKey);
    if (before) queries.setQueryData(queryKey, placed(before, cargo, cell, tried));
    try {
      const done = await send(cargo, cell, version);
      const text = t(cargo.kind === 'job' ? 'board:place.booked' : 'board:move.done', told(cell, promiseAt(cargo, cell)));
      say(text);
      showToast(text, { undo: () => void undo(done, cargo.from?.technician ?? cell.technician) });
      return true;
    } catch (error) {
      if (before) queries.setQueryData(queryKey, before);
      if (overtaken(error)) setClash(await clashOf(cargo, cell));
      else complain(refused(error, cell.technician));
      return false;
    } finally {
      void refresh();
    }
  };

  return { place, clash, settle: () => setClash(null) };
}
