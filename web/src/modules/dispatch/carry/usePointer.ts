import { type RefObject, useEffect, useRef } from 'react';
import type { Carry, Hold } from './Carry';
import type { Cargo } from './cells';

/** A mouse that moves so far means to carry; a finger that rests so long does. Else it was a click, or the page is scrolled. */
const FAR = 5;
const LONG_MS = 350;

interface Start {
  cargo: Cargo;
  pointer: number;
  touch: boolean;
  x: number;
  y: number;
  grip: number;
  timer?: ReturnType<typeof setTimeout>;
}

/**
 * Carries what lies under the pointer (elements with data-cargo="visit:…" or "job:…") until it is let go. Escape puts it back, and so does
 * whatever takes the pointer away.
 */
export function usePointer(root: RefObject<HTMLElement | null>, carry: Carry, cargoOf: (name: string) => Cargo | null, onDrop: (hold: Hold) => void): void {
  const latest = useRef({ cargoOf, onDrop });
  useEffect(() => {
    latest.current = { cargoOf, onDrop };
  });
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let start: Start | null = null;

    const forget = () => {
      clearTimeout(start?.timer);
      start = null;
    };
    const lift = () => {
      if (!start || carry.hold) return;
      clearTimeout(start.timer);
      carry.lift(start.cargo, start.x, start.y, start.grip);
    };
    const down = (event: PointerEvent) => {
      const name = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-cargo]') : null;
      const cargo = name?.dataset['cargo'] ? latest.current.cargoOf(name.dataset['cargo']) : null;
      if (!name || !cargo || !carry.ground || event.button !== 0 || !event.isPrimary || carry.hold) return;
      const grip = cargo.kind === 'visit' ? event.clientX - name.getBoundingClientRect().left : 0;
      start = { cargo, pointer: event.pointerId, touch: event.pointerType === 'touch', x: event.clientX, y: event.clientY, grip };
      if (start.touch) start.timer = setTimeout(lift, LONG_MS);
    };
    const move = (event: PointerEvent) => {
      if (start?.pointer !== event.pointerId) return;
      if (carry.hold) return carry.move(event.clientX, event.clientY);
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) < FAR) return;
      if (start.touch) return forget();
      lift();
      carry.move(event.clientX, event.clientY);
    };
    const up = (event: PointerEvent) => {
      if (start?.pointer !== event.pointerId) return;
      forget();
      const hold = carry.hold?.by === 'pointer' ? carry.release() : null;
      if (!hold) return;
      // The click that follows belongs to the drop, not to what lies under it.
      addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => removeEventListener('click', swallow, { capture: true }), 50);
      latest.current.onDrop(hold);
    };
    const abort = () => {
      forget();
      if (carry.hold?.by === 'pointer') carry.release();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || carry.hold?.by !== 'pointer') return;
      event.preventDefault();
      event.stopPropagation();
      abort();
    };
    const keepStill = (event: Event) => (carry.hold ? event.preventDefault() : undefined);

    element.addEventListener('pointerdown', down);
    element.addEventListener('touchmove', keepStill, { passive: false });
    element.addEventListener('dragstart', keepStillAlways);
    element.addEventListener('contextmenu', keepStill);
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', abort);
    addEventListener('blur', abort);
    addEventListener('keydown', key, true);
    return () => {
      abort();
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('touchmove', keepStill);
      element.removeEventListener('dragstart', keepStillAlways);
      element.removeEventListener('contextmenu', keepStill);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', abort);
      removeEventListener('blur', abort);
      removeEventListener('keydown', key, true);
    };
  }, [root, carry]);
}

const swallow = (click: MouseEvent): void => click.stopPropagation();

/** The browser's own dragging of links would take the pointer away. */
const keepStillAlways = (event: Event): void => {
  if (event.target instanceof Element && event.target.closest('[data-cargo]')) event.preventDefault();
};
