import { type KeyboardEvent, type RefObject, useRef, useState } from 'react';
import { useNow } from '../../../lib/now';
import { useT } from '../../../lib/t';
import { QUARTER, snapped } from '../clock';
import type { BoardModel } from '../model';
import { arrowsOf } from './arrows';
import { Carry, type Hold } from './Carry';
import { type Cargo, type Cell, sameCell } from './cells';
import { usePlacing } from './usePlacing';
import { usePointer } from './usePointer';
import { useKnown } from './useTry';

interface Options {
  model: BoardModel;
  queryKey: readonly unknown[];
  nameOf: (technician: string) => string;
  cargoOf: (name: string) => Cargo | null;
  say: (text: string) => void;
}

interface Carrying extends ReturnType<typeof usePlacing> {
  carry: Carry;
  /** What is carried lies within this. */
  root: RefObject<HTMLDivElement | null>;
  onArrows: (event: KeyboardEvent) => void;
  /** The focus that leaves takes nothing along. */
  onBlur: () => void;
}

/** Whether it was put down where it was taken up. */
const still = ({ cargo, cell }: Hold): boolean => cell === null || sameCell(cell, cargo.from) || sameCell(cell, cargo.from && { ...cargo.from, at: snapped(cargo.from.at) });

/** Everything that carries visits over the board: by pointer, by keys, and down to the server. */
export function useCarrying({ model, queryKey, nameOf, cargoOf, say }: Options): Carrying {
  const { t } = useT();
  const now = useNow();
  const { node, zone } = model.view;
  const root = useRef<HTMLDivElement>(null);
  const [carry] = useState(() => new Carry());
  const placing = usePlacing({ node, queryKey, nameOf, zone, versionOf: (id) => model.visit.get(id)?.bar.version ?? 0, say });
  const known = useKnown(node);
  const onDrop = (hold: Hold) => {
    if (!hold.cell || still(hold)) return say(t('board:carry.back'));
    void placing.place(hold.cargo, hold.cell, known(hold.cargo, hold.cell));
  };
  const firstCell = (): Cell | null => {
    const lane = model.lanes.find(({ shifts }) => shifts.length > 0);
    return lane ? { technician: lane.id, at: Math.ceil(Math.max(lane.shifts[0]?.from ?? now, now) / QUARTER) * QUARTER } : null;
  };
  usePointer(root, carry, cargoOf, onDrop);
  const onArrows = arrowsOf({ carry, cargoOf, firstCell, onDrop, onAbort: () => say(t('board:carry.back')) });
  const onBlur = () => (carry.hold?.by === 'keys' ? void carry.release() : undefined);
  return { ...placing, carry, root, onArrows, onBlur };
}
