import { memo, useMemo } from 'react';
import type { Span } from '../clock';
import { instantAt, shiftDay } from '../clock';
import { movable } from '../../../lib/turns';
import { useHotAmong } from '../hot';
import type { Lane } from '../model';
import { type Axis, boxOf } from './axis';
import { Bar } from './Bar';
import styles from './board.module.css';
import type { Tracks } from './rows';
import { useBarText } from './useBarText';
import { Who } from './Who';

/** The least width of a bar: it must stay big enough to be hit. */
export const LEAST = 26;

interface Props {
  lane: Lane;
  tracks: Tracks;
  name: string;
  zone: string;
  axis: Axis;
  now: number;
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
  /** A certificate of theirs that ends, and the visit that it endangers. */
  certificate: string | undefined;
  endangered: string | undefined;
}

type Shade = [kind: string, span: Span, track?: number];

function shadesOf(lane: Lane, zone: string): Shade[] {
  const days = lane.absences.map((day): Shade => ['absent', { from: instantAt(day, 0, zone), until: instantAt(shiftDay(day, 1), 0, zone) }]);
  return [...lane.shifts.map((shift): Shade => ['shift', shift]), ...days, ...lane.shifts.flatMap(({ rests }) => rests.map((rest): Shade => ['rest', rest]))];
}

const place = (track: number, offset: number) => `calc(${offset}px + ${track} * var(--row-board))`;

/** A technician's days on the board: shifts, rests and ways as shades, visits as bars; only what lies in view is drawn. */
export const BoardRow = memo(function BoardRow({ lane, tracks, name, zone, axis, now, left, right, index, top, height, current, open, mayMove, certificate, endangered }: Props) {
  const textOf = useBarText(zone);
  const hot = useHotAmong((id) => tracks.track.has(id));
  // Made once for what is said: a bar that says the same as before is not drawn again.
  const texts = useMemo(() => new Map(lane.visits.map((visit) => [visit.id, textOf(visit, name, now, visit.id === endangered)])), [lane, textOf, name, now, endangered]);
  const shades = useMemo(() => shadesOf(lane, zone), [lane, zone]);
  const inView = (box: { x: number; width: number } | null): box is { x: number; width: number } => box !== null && box.x < right && box.x + box.width > left;
  return (
    <div role="row" aria-rowindex={index + 2} className={styles.row} style={{ insetBlockStart: top, blockSize: height }}>
      <Who lane={lane} name={name} zone={zone} days={axis.days.length} certificate={certificate} />
      <div role="gridcell" className={styles.track}>
        {shades.map(([kind, span]) => {
          const box = boxOf(span, axis);
          return inView(box) ? <i key={`${kind} ${span.from}`} data-shade={kind} style={{ insetInlineStart: box.x, inlineSize: box.width }} /> : null;
        })}
        {lane.visits.map((visit) => {
          const { id, bar } = visit;
          const box = boxOf(visit.service, axis, LEAST);
          const held = id === current;
          const text = texts.get(id);
          if (!text || !box || (!inView(box) && !held)) return null;
          const track = tracks.track.get(id) ?? 0;
          const way = bar.travel_seconds >= 60 ? boxOf(visit.travel, axis) : null;
          const window = boxOf(visit.window, axis);
          return [
            way ? <i key={`${id} way`} data-shade="travel" style={{ insetInlineStart: way.x, inlineSize: way.width, insetBlockStart: place(track, 17) }} /> : null,
            window ? <i key={`${id} window`} data-shade="window" data-hot={hot === id || open === id || undefined} style={{ insetInlineStart: window.x, inlineSize: window.width, insetBlockStart: place(track, 38) }} /> : null,
            <Bar
              key={id}
              id={id}
              text={text}
              x={box.x}
              width={box.width}
              track={track}
              movable={mayMove && movable(bar.state)}
              pending={bar.state === 'pending'}
              current={held}
              open={open === id}
              hot={hot === id}
            />,
          ];
        })}
      </div>
    </div>
  );
});
