import { type Axis, instantAtX, xAt } from '../board/axis';
import { rowAt } from '../board/rows';
import { QUARTER, snapped, type Span } from '../clock';

/* Where something that is carried over the board would come down: pure arithmetic. */

/** What is carried: a visit that somebody has, or one that nobody has yet. */
export interface Cargo {
  kind: 'visit' | 'job';
  /** Of the appointment, or of the work order. */
  id: string;
  reference: string;
  /** How long it takes, in milliseconds. */
  length: number;
  /** Where it is now. */
  from?: Cell;
  /** What was promised. */
  promised?: Span;
}

/** A technician, and the time at which the visit would begin. */
export interface Cell {
  technician: string;
  at: number;
}

/** The board as it lies: what is needed to find a cell under a point. */
export interface Ground {
  axis: Axis;
  tops: number[];
  /** Technicians, row by row. */
  lanes: string[];
}

export const sameCell = (a: Cell | undefined, b: Cell | undefined): boolean => a !== undefined && b !== undefined && a.technician === b.technician && a.at === b.at;

/** The last beginning that a day has room for. */
const lastOf = ({ until }: Span): number => until - QUARTER;

/** The cell at a point of the sheet, snapped to a quarter of an hour; nothing beside the rows. */
export function cellAt({ axis, tops, lanes }: Ground, x: number, y: number): Cell | null {
  if (y < 0 || y >= (tops.at(-1) ?? 0) || lanes.length === 0) return null;
  const technician = lanes[rowAt(tops, y)];
  const day = axis.days.findLast((one) => one.x <= Math.max(0, x));
  if (!technician || !day) return null;
  return { technician, at: Math.min(lastOf(day), Math.max(day.from, snapped(instantAtX(axis, Math.max(0, x))))) };
}

/** Where a cell lies on the sheet: the upper left corner of its first track. */
export function pointOf({ axis, tops, lanes }: Ground, cell: Cell): { x: number; y: number } | null {
  const row = lanes.indexOf(cell.technician);
  return row === -1 ? null : { x: xAt(axis, cell.at), y: tops[row] ?? 0 };
}

/** The cell that an arrow leads to: a quarter of an hour, over the night to the next day, or one technician. */
export function stepped({ axis, lanes }: Ground, cell: Cell, key: string): Cell {
  const row = lanes.indexOf(cell.technician);
  switch (key) {
    case 'ArrowRight':
      return { ...cell, at: later(axis, cell.at) };
    case 'ArrowLeft':
      return { ...cell, at: sooner(axis, cell.at) };
    case 'ArrowDown':
      return { ...cell, technician: lanes[row + 1] ?? cell.technician };
    case 'ArrowUp':
      return { ...cell, technician: lanes[row - 1] ?? cell.technician };
    default:
      return cell;
  }
}

function later({ days }: Axis, at: number): number {
  const next = Math.floor(at / QUARTER) * QUARTER + QUARTER;
  const index = days.findLastIndex(({ from }) => from <= at);
  const day = days[Math.max(0, index)];
  if (!day || next <= lastOf(day)) return next;
  return days[index + 1]?.from ?? lastOf(day);
}

function sooner({ days }: Axis, at: number): number {
  const next = Math.ceil(at / QUARTER) * QUARTER - QUARTER;
  const index = days.findLastIndex(({ from }) => from <= at);
  const day = days[Math.max(0, index)];
  if (!day || next >= day.from) return next;
  const before = days[index - 1];
  return before ? lastOf(before) : day.from;
}

/** The window that the customer would be promised: the one that stands, where the visit only changes hands; else one from the new beginning. */
export function promiseAt({ from, promised }: Cargo, cell: Cell): number {
  const still = from !== undefined && (cell.at === from.at || cell.at === snapped(from.at));
  return still && promised ? promised.from : cell.at;
}
