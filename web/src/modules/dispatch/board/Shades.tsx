import { memo, useMemo } from 'react';
import type { Lane } from '../model';
import type { Axis } from './axis';
import styles from './board.module.css';
import type { Tracks } from './rows';
import { groundOf, marksOf, type gridOf } from './shades';

/** The hatchings of rests and absences, which the pictures of all rows share. */
export function Hatchings() {
  return (
    <svg className={styles.defs} aria-hidden="true" focusable="false">
      <pattern id="board-rest" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path d="M0 0V6" className={styles.hatch} strokeWidth="2" />
      </pattern>
      <pattern id="board-absent" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <path d="M0 0V9" className={styles.hatch} strokeWidth="4" />
      </pattern>
    </svg>
  );
}

interface Props {
  lane: Lane;
  tracks: Tracks;
  axis: Axis;
  grid: ReturnType<typeof gridOf>;
  /** The line of now; nothing where now is not shown. */
  now: string;
  zone: string;
  height: number;
}

/** What lies behind a row's bars: shifts, rests, the hours, ways and promised windows. */
export const Shades = memo(function Shades({ lane, tracks, axis, grid, now, zone, height }: Props) {
  const { shift, rest, absent } = useMemo(() => groundOf(lane, axis, zone), [lane, axis, zone]);
  const { ways, windows } = useMemo(() => marksOf(lane.visits, tracks, axis), [lane, tracks, axis]);
  return (
    <svg className={styles.shades} aria-hidden="true" focusable="false" width={axis.width} height={height}>
      {shift ? <path data-shade="shift" d={shift} /> : null}
      {rest ? <path data-shade="rest" d={rest} fill="url(#board-rest)" /> : null}
      {absent ? <path data-shade="absent" d={absent} fill="url(#board-absent)" /> : null}
      <path data-line="hours" d={grid.hours} />
      {grid.days ? <path data-line="days" d={grid.days} /> : null}
      {now ? <path data-line="now" d={now} /> : null}
      {ways ? <path data-shade="travel" d={ways} /> : null}
      {windows ? <path data-shade="window" d={windows} /> : null}
    </svg>
  );
});
