import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Lane } from '../model';
import { type Axis, instantAtX, xAt } from './axis';
import { rowAt } from './rows';

interface Sheet {
  axis: Axis;
  tops: number[];
  lanes: Lane[];
}

/**
 * What is in view stays where it is while others change the board: the row at the top and the instant at the left keep their places.
 * Where another part of time is shown, or another scale, nothing is kept.
 */
export function useAnchor(ref: RefObject<HTMLDivElement | null>, sheet: Sheet): void {
  const before = useRef<Sheet>(sheet);
  useLayoutEffect(() => {
    const was = before.current;
    before.current = sheet;
    const element = ref.current;
    if (!element || was === sheet) return;
    if (was.tops !== sheet.tops) {
      const row = rowAt(was.tops, element.scrollTop);
      const now = sheet.lanes.findIndex(({ id }) => id === was.lanes[row]?.id);
      if (now >= 0) element.scrollTop += (sheet.tops[now] ?? 0) - (was.tops[row] ?? 0);
    }
    const same = was.axis.days[0]?.day === sheet.axis.days[0]?.day && was.axis.days.length === sheet.axis.days.length && was.axis.perHour === sheet.axis.perHour;
    if (same && was.axis !== sheet.axis) element.scrollLeft += xAt(sheet.axis, instantAtX(was.axis, element.scrollLeft)) - element.scrollLeft;
  });
}
