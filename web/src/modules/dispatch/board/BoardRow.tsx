import { memo } from 'react';
import { movable } from '../../../lib/turns';
import { useHotAmong } from '../hot';
import { useAway } from '../lend/useAway';
import type { Lane } from '../model';
import { type Axis, type Box, boxOf } from './axis';
import { Bar, type BarText } from './Bar';
import styles from './board.module.css';
import type { Tracks } from './rows';
import { Shades } from './Shades';
import type { gridOf } from './shades';
import type { TextOf } from './useBarText';
import { whoId } from './Who';

/** The least width of a bar: it must stay big enough to be hit. */
export const LEAST = 26;

interface Props {
  lane: Lane;
  tracks: Tracks;
  name: string;
  zone: string;
  axis: Axis;
  /** The lines of hours, and of now. */
  grid: ReturnType<typeof gridOf>;
  nowLine: string;
  now: number;
  textOf: TextOf;
  /** The part of the line that is drawn. */
  left: number;
  right: number;
  index: number;
  top: number;
  height: number;
  /** Of this row alone: what the focus is on, and what is open. */
  current: string | undefined;
  open: string | undefined;
  /** Whether visits may be moved at all. */
  mayMove: boolean;
  /** The visit that a certificate of theirs endangers by its end. */
  endangered: string | undefined;
}

/** The promised window of the visit that one looks at, as high as the row. */
function Promised({ id, lane, axis }: { id: string; lane: Lane; axis: Axis }) {
  const visit = lane.visits.find((one) => one.id === id);
  const box = visit && boxOf(visit.window, axis);
  return box ? <i data-promised style={{ insetInlineStart: box.x, inlineSize: box.width }} /> : null;
}

/** A technician's days on the board: shifts, rests and ways as shades, visits as bars; only what lies in view is drawn. */
export const BoardRow = memo(function BoardRow({ lane, tracks, name, zone, axis, grid, nowLine, now, textOf, left, right, index, top, height, current, open, mayMove, endangered }: Props) {
  const hot = useHotAmong((id) => tracks.track.has(id));
  const away = useAway(zone);
  const inView = ({ x, width }: Box) => x < right && x + width > left;
  return (
    <div role="row" aria-rowindex={index + 2} aria-owns={`${whoId(lane.id)} days-${lane.id}`} className={styles.row} style={{ insetBlockStart: top, blockSize: height }}>
      <div role="gridcell" id={`days-${lane.id}`} className={styles.track}>
        <Shades lane={lane} tracks={tracks} axis={axis} grid={grid} now={nowLine} zone={zone} height={height} />
        {open ? <Promised id={open} lane={lane} axis={axis} /> : null}
        {hot && hot !== open ? <Promised id={hot} lane={lane} axis={axis} /> : null}
        {lane.busy.map((one) => {
          const box = boxOf(one, axis, LEAST);
          if (!box || !inView(box)) return null;
          const { text, short } = away(one);
          return (
            <span key={one.from} className={styles.busy} style={{ insetInlineStart: box.x, inlineSize: box.width }} title={text}>
              <span className="hidden-visually">{text}</span>
              <span aria-hidden="true">{short}</span>
            </span>
          );
        })}
        {lane.visits.map((visit) => {
          const { id, bar } = visit;
          const box = boxOf(visit.service, axis, LEAST);
          const held = id === current;
          if (!box || (!inView(box) && !held)) return null;
          const text: BarText = textOf(visit, name, now, id === endangered);
          return (
            <Bar
              key={id}
              id={id}
              text={text}
              x={box.x}
              width={box.width}
              track={tracks.track.get(id) ?? 0}
              movable={mayMove && movable(bar.state)}
              pending={bar.state === 'pending'}
              current={held}
              open={open === id}
              hot={hot === id}
            />
          );
        })}
      </div>
    </div>
  );
});
