import { type RefObject, startTransition, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** How much of the board can be seen, and where; told in steps, because in between nothing else is to be drawn. */
export interface Port {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Before it has been measured; nothing is drawn then, because all of it would be drawn anew. */
const UNKNOWN: Port = { left: 0, top: 0, width: 0, height: 0 };
const STEP_X = 240;
const STEP_Y = 88;
const down = (value: number, step: number) => Math.floor(value / step) * step;

export function usePort(): { ref: RefObject<HTMLDivElement | null>; port: Port; onScroll: () => void } {
  const ref = useRef<HTMLDivElement>(null);
  const [port, setPort] = useState<Port>(UNKNOWN);
  const measure = useCallback(() => {
    const element = ref.current;
    if (!element) return;
    const seen = { left: down(element.scrollLeft, STEP_X), top: down(element.scrollTop, STEP_Y), width: element.clientWidth, height: element.clientHeight };
    setPort((before) => (before.left === seen.left && before.top === seen.top && before.width === seen.width && before.height === seen.height ? before : seen));
  }, []);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    // What is to be seen is drawn in pieces: on the spot it would be one long task.
    startTransition(measure);
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [measure]);
  // There is more drawn than is in view: what comes next may be drawn between frames.
  const onScroll = useCallback(() => startTransition(measure), [measure]);
  return { ref, port, onScroll };
}

/** What is drawn of the line of time: what is in view, and a step and more around it. */
export const drawnOf = ({ left, width }: Port, who: number): { left: number; right: number } => ({ left: left - STEP_X, right: left + width - who + 2 * STEP_X });
