import { type FocusEvent, type KeyboardEvent, type MouseEvent, type PointerEvent, startTransition, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useNow } from '../../../lib/now';
import { useT } from '../../../lib/t';
import type { Carry } from '../carry/Carry';
import { dayAt, HOUR, MINUTE } from '../clock';
import { setHot } from '../hot';
import type { BoardModel, Lane } from '../model';
import type { ScaleName } from '../search';
import { axisOf, hoursOf, hourWidth, scales, shows, xAt } from './axis';
import styles from './board.module.css';
import { BoardRow, LEAST } from './BoardRow';
import { Head } from './Head';
import { neighbour, rowsInView, topsOf, tracksOf } from './rows';
import { Hatchings } from './Shades';
import { gridOf, nowAt } from './shades';
import { useAnchor } from './useAnchor';
import { useBarText } from './useBarText';
import { drawnOf, usePort } from './usePort';
import { Who } from './Who';

const ROW = 44;
const WHO = 184;
/** Beside the line of time: the bar to scroll down with. */
const EDGE = 16;
const STILL_MS = 150;
/** So many rows above and below those in view are drawn as well. */
const AROUND = 4;

interface Props {
  model: BoardModel;
  scale: ScaleName;
  nameOf: (technician: string) => string;
  /** What the focus is on, and what is open. */
  current: string | undefined;
  open: string | undefined;
  onCurrent: (id: string, byArrow: boolean) => void;
  onOpen: (id: string) => void;
  mayMove: boolean;
  carry: Carry;
  /** Certificates that end, by technician: words, and the first visit that needs them afterwards. */
  certificates: Map<string, { text: string; visit: string | undefined }>;
}

const idAt = (target: EventTarget): string | undefined => (target instanceof Element ? target.closest<HTMLElement>('[data-bar]')?.dataset['bar'] : undefined);

/** A node's days as a timeline; only the rows and hours in view are drawn, and the bar that holds the focus. */
export function Board({ model, scale, nameOf, current, open, onCurrent, onOpen, mayMove, carry, certificates }: Props) {
  const { t } = useT();
  const now = useNow();
  const minute = Math.floor(now / MINUTE) * MINUTE;
  const { ref, port, onScroll } = usePort();
  const { lanes, days, view } = model;
  const { zone } = view;
  const hours = useMemo(() => hoursOf(lanes, days, zone), [lanes, days, zone]);
  const perHour = hourWidth(hours, days.length, port.width - WHO - EDGE, scales[scale].least);
  const dayKey = days.join(' ');
  const { from, until } = hours;
  const axis = useMemo(() => axisOf(dayKey.split(' '), zone, { from, until }, perHour), [dayKey, zone, from, until, perHour]);
  const grid = useMemo(() => gridOf(axis), [axis]);
  const nowLine = shows(axis, minute) ? nowAt(xAt(axis, minute)) : '';
  const textOf = useBarText(zone);
  const rows = useMemo(() => lanes.map((lane) => tracksOf(lane.visits, (LEAST / perHour) * HOUR, axis.days.at(-1)?.until)), [lanes, perHour, axis]);
  const tops = useMemo(() => topsOf(rows, ROW), [rows]);
  const sheet = useMemo(() => ({ axis, tops, lanes }), [axis, tops, lanes]);
  useAnchor(ref, sheet);
  const head = days.length > 1 ? 48 : 30;

  useLayoutEffect(() => {
    carry.lie(ref.current ? { port: ref.current, axis, tops, lanes: lanes.map(({ id }) => id), who: WHO, head } : null);
    return () => carry.lie(null);
  }, [carry, ref, axis, tops, lanes, head]);

  // What does not fit begins an hour before now; from then on it lies where its user puts it.
  const placed = useRef('');
  useEffect(() => {
    const key = `${dayKey} ${scale}`;
    if (placed.current === key || !ref.current || port.width === 0) return;
    placed.current = key;
    ref.current.scrollLeft = shows(axis, now) ? xAt(axis, now - HOUR) : 0;
  }, [ref, now, axis, dayKey, scale, port.width]);

  const stop = (current === undefined ? undefined : model.visit.get(current)) ?? lanes.find(({ visits }) => visits.length > 0)?.visits[0];
  const drawn = drawnOf(port, WHO);
  // What is in view comes first, what lies around it once that is there.
  const [around, setAround] = useState(0);
  useEffect(() => startTransition(() => setAround(AROUND)), []);
  const { first, end } = rowsInView(tops, port.top, port.height, around);
  const held = stop ? lanes.findIndex(({ id }) => id === stop.technician) : -1;
  const known = port.width > 0;
  const shown = (known ? lanes : [])
    .map((lane, row) => ({ lane, row, top: tops[row] ?? 0, height: (tops[row + 1] ?? 0) - (tops[row] ?? 0) }))
    .filter(({ row }) => (row >= first && row < end) || row === held);
  const theirs = (lane: Lane, id: string | undefined) => (id !== undefined && model.visit.get(id)?.technician === lane.id ? id : undefined);

  // The focus follows the arrows, and stays on its bar when somebody else moves that bar to another row.
  const wanted = useRef<string | null>(null);
  const focused = useRef(false);
  useLayoutEffect(() => {
    const lost = focused.current && document.activeElement === document.body;
    if (!lost && (wanted.current === null || wanted.current !== current)) return;
    const element = document.getElementById(`bar-${current}`);
    if (wanted.current === current) wanted.current = null;
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  const onFocus = (event: FocusEvent) => {
    const id = idAt(event.target);
    focused.current = id !== undefined;
    if (id && id !== current) onCurrent(id, false);
    if (id) setHot(id);
  };
  const onBlur = (event: FocusEvent) => {
    if (event.relatedTarget) focused.current = false;
    setHot(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!stop || event.altKey || event.ctrlKey || event.metaKey || !/^(Arrow|Home$|End$)/.test(event.key)) return;
    event.preventDefault();
    const next = neighbour(lanes, stop.id, event.key);
    if (!next) return;
    wanted.current = next.id;
    onCurrent(next.id, true);
  };
  // What passes under a pointer that rests while the board is scrolled is not pointed at.
  const scrolled = useRef(0);
  const onPointerOver = (event: PointerEvent) => {
    if (performance.now() - scrolled.current > STILL_MS) setHot(idAt(event.target));
  };
  const onScrolled = () => {
    scrolled.current = performance.now();
    onScroll();
  };
  const onClick = (event: MouseEvent) => {
    const id = idAt(event.target);
    if (id) onOpen(id);
  };
  // The details take room: what they tell of stays in view beside them.
  useEffect(() => {
    if (open) document.getElementById(`bar-${open}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open, port.width]);

  return (
    <div ref={ref} className={styles.port} data-board-port onScroll={onScrolled} style={{ '--head': `${head}px` } as never}>
      <div className={styles.sheet} style={{ inlineSize: WHO + axis.width, minBlockSize: head + (tops.at(-1) ?? 0), '--who': `${WHO}px` } as never}>
        <Hatchings />
        {/* Bars are its buttons; what happens to them is heard here once instead of on each of thousands. */}
        {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events */}
        <div
          role="grid"
          tabIndex={stop ? -1 : 0}
          aria-label={t('board:timeline')}
          aria-describedby="board-keys"
          aria-rowcount={lanes.length + 1}
          onKeyDown={onKeyDown}
          onClick={onClick}
          onFocus={onFocus}
          onBlur={onBlur}
          onPointerOver={onPointerOver}
          onPointerLeave={() => setHot(undefined)}
        >
          <Head axis={axis} zone={zone} today={dayAt(now, zone)} left={drawn.left} right={drawn.right} />
          <div role="rowgroup" className={styles.rows} style={{ blockSize: tops.at(-1) }}>
            {shown.map(({ lane, row, top, height }) => (
              <BoardRow
                key={lane.id}
                lane={lane}
                tracks={rows[row] ?? { track: new Map(), count: 1 }}
                name={nameOf(lane.id)}
                zone={zone}
                axis={axis}
                grid={grid}
                nowLine={nowLine}
                now={minute}
                textOf={textOf}
                left={drawn.left}
                right={drawn.right}
                index={row}
                top={top}
                height={height}
                current={theirs(lane, stop?.id)}
                open={theirs(lane, open)}
                mayMove={mayMove}
                endangered={certificates.get(lane.id)?.visit}
              />
            ))}
          </div>
        </div>
        {/* One column for all, which stays in view: as many as there are rows would each be a layer of its own. */}
        <div className={styles.whos}>
          {shown.map(({ lane, top, height }) => (
            <Who key={lane.id} lane={lane} name={nameOf(lane.id)} zone={zone} days={days.length} certificate={certificates.get(lane.id)?.text} top={top} height={height} />
          ))}
        </div>
      </div>
    </div>
  );
}
