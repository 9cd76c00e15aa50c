import type { KeyboardEvent } from 'react';
import type { Carry, Hold } from './Carry';
import type { Cargo, Cell } from './cells';

interface Options {
  carry: Carry;
  cargoOf: (name: string) => Cargo | null;
  /** Where something that nobody has yet is taken up. */
  firstCell: () => Cell | null;
  onDrop: (hold: Hold) => void;
  onAbort: () => void;
}

/**
 * The same by keys: Alt and an arrow take up what the focus is on and move it a quarter of an hour or a technician; from then on
 * arrows alone do; Enter puts it down, Escape puts it back.
 */
export function arrowsOf({ carry, cargoOf, firstCell, onDrop, onAbort }: Options): (event: KeyboardEvent) => void {
  return (event) => {
    const arrow = event.key.startsWith('Arrow');
    const own = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (carry.hold?.by === 'keys') {
      if (arrow) {
        own();
        carry.step(event.key);
      } else if (event.key === 'Enter' || event.key === ' ') {
        own();
        const hold = carry.release();
        if (hold) onDrop(hold);
      } else if (event.key === 'Escape') {
        own();
        carry.release();
        onAbort();
      }
      return;
    }
    if (!arrow || !event.altKey || carry.hold || !(event.target instanceof Element)) return;
    const name = event.target.closest<HTMLElement>('[data-cargo]')?.dataset['cargo'];
    const cargo = name ? cargoOf(name) : null;
    const cell = cargo?.from ?? firstCell();
    if (!cargo || !cell) return;
    own();
    carry.take(cargo, cell);
    if (cargo.from) carry.step(event.key);
  };
}
