import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isProblem } from '../../../api/problem';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { showToast } from '../../../lib/toasts';
import { useWord } from '../../../lib/words';
import { WINDOW } from '../clock';
import type { BoardView, Tried } from '../contract';
import { bookVisit, moveVisit, readAppointment, unbookVisit } from '../queries';
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

interface Done {
  appointment: string;
  technician: string;
  start: number;
}

/** Codes that say that the thing was changed by somebody else meanwhile. */
const overtaken = (error: unknown): boolean => isProblem(error) && (error.status === 412 || error.code === 'dispatch.job_closed' || error.code === 'dispatch.transition');

async function send(cargo: Cargo, cell: Cell, version: number): Promise<Done> {
  const start = promiseAt(cargo, cell);
  const at = new Date(start).toISOString();
  const { id } = cargo.kind === 'job' ? await bookVisit(cargo.id, at, cell.technician) : await moveVisit(cargo.id, version, at, cell.technician);
  return { appointment: id, technician: cell.technician, start };
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
  const refused = (error: unknown) => {
    const rule = isProblem(error) && typeof error.args['rule'] === 'string' ? word('block', error.args['rule']) : '';
    const why = isProblem(error) && error.title ? error.title : t(isProblem(error, 'network') ? 'common:error.network' : 'common:error.unknown');
    return t('board:place.refused', { why: rule ? `${why} ${rule}` : why });
  };
  const complain = (text: string) => {
    showToast(text, { tone: 'error' });
    say(text);
  };

  const undo = async (cargo: Cargo, done: Done) => {
    try {
      const now = await readAppointment(done.appointment);
      if (now.technician !== done.technician || Date.parse(now.start_at) !== done.start) throw new Error('moved on');
      if (cargo.kind === 'job') await unbookVisit(now.id, now.version);
      else if (cargo.from && cargo.promised) await moveVisit(now.id, now.version, new Date(cargo.promised.from).toISOString(), cargo.from.technician);
      say(t('board:place.undone'));
      showToast(t('board:place.undone'));
    } catch (error) {
      complain(isProblem(error) ? refused(error) : t('board:place.movedOn'));
    }
    await refresh();
  };

  /** Returns whether it was done. */
  const place = async (cargo: Cargo, cell: Cell, tried?: Tried, version = cargo.kind === 'visit' ? versionOf(cargo.id) : 0): Promise<boolean> => {
    if (tried && !tried.fits && tried.hard) {
      complain(t('board:place.refused', { why: word('block', tried.rule ?? 'window') }));
      return false;
    }
    await queries.cancelQueries({ queryKey, exact: true });
    const before = queries.getQueryData<BoardView>(queryKey);
    if (before) queries.setQueryData(queryKey, placed(before, cargo, cell, tried));
    try {
      const done = await send(cargo, cell, version);
      const text = t(cargo.kind === 'job' ? 'board:place.booked' : 'board:move.done', told(cell, done.start));
      say(text);
      showToast(text, { undo: () => void undo(cargo, done) });
      return true;
    } catch (error) {
      if (before) queries.setQueryData(queryKey, before);
      if (overtaken(error)) setClash(await clashOf(cargo, cell));
      else complain(refused(error));
      return false;
    } finally {
      void refresh();
    }
  };

  return { place, clash, settle: () => setClash(null) };
}
