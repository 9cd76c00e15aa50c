import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { DispatchBar, DispatchBoardView, DispatchLane } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useNow } from '../../lib/now';
import { useT } from '../../lib/t';
import styles from './board.module.css';
import { BoardRow } from './BoardRow';
import { hoursOf, hourWidth, neighbour, rowsInView, ticksOf, topsOf, xOf } from './layout';

const ROW = 44;
const HEAD = 30;
const WHO = 184;
const LEAST = 26;

interface Props {
  view: DispatchBoardView;
  lanes: DispatchLane[];
  nameOf: (technician: string) => string;
  current: string | undefined;
  open: string | undefined;
  onCurrent: (bar: DispatchBar, byArrow: boolean) => void;
  onOpen: (id: string) => void;
}

/** How much of the board can be seen, and where. */
function usePort() {
  const ref = useRef<HTMLDivElement>(null);
  const [port, setPort] = useState({ scrolled: 0, height: 600, width: 900 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setPort({ scrolled: element.scrollTop, height: element.clientHeight, width: element.clientWidth });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const onScroll = () => setPort((before) => ({ ...before, scrolled: ref.current?.scrollTop ?? 0 }));
  return { ref, port, onScroll };
}

/** A node's day as a timeline; only the rows in view are drawn, and the one that holds the focus. */
export function Board({ view, lanes, nameOf, current, open, onCurrent, onOpen }: Props) {
  const { t } = useT();
  const { time } = useFormats();
  const now = useNow();
  const { ref, port, onScroll } = usePort();
  const hours = useMemo(() => hoursOf(view), [view]);
  const perHour = hourWidth(hours, port.width - WHO);
  // A day that does not fit begins an hour before now; from then on it lies where its user puts it.
  const placed = useRef(false);
  useEffect(() => {
    if (placed.current || !ref.current) return;
    placed.current = true;
    if (now >= hours.from && now <= hours.until) ref.current.scrollLeft = xOf(now - 3_600_000, hours, perHour);
  }, [ref, now, hours, perHour]);
  const width = xOf(hours.until, hours, perHour);
  const least = (LEAST / perHour) * 3_600_000;
  const tops = useMemo(() => topsOf(lanes, ROW, least), [lanes, least]);
  const bars = useMemo(() => lanes.flatMap((lane) => lane.appointments), [lanes]);
  const stop = bars.find(({ id }) => id === current) ?? bars[0];
  const { first, end } = rowsInView(tops, port.scrolled, port.height - HEAD);
  const held = lanes.findIndex((lane) => lane.appointments.some(({ id }) => id === stop?.id));
  const drawn = lanes.map((lane, row) => ({ lane, row })).filter(({ row }) => (row >= first && row < end) || row === held);

  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null || wanted.current !== current) return;
    const element = document.getElementById(`bar-${wanted.current}`);
    wanted.current = null;
    element?.focus();
    element?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [current]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!stop || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = neighbour(lanes, stop.id, event.key);
    if (!/^(Arrow|Home$|End$)/.test(event.key)) return;
    event.preventDefault();
    if (!next) return;
    wanted.current = next.id;
    onCurrent(next, true);
  };
  // The drawer takes room: what it tells of stays in view beside it.
  useEffect(() => {
    if (open) document.getElementById(`bar-${open}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open, port.width]);
  const nowX = now >= hours.from && now <= hours.until ? xOf(now, hours, perHour) : null;

  return (
    <div ref={ref} className={styles.port} onScroll={onScroll}>
      <div
        role="grid"
        tabIndex={stop ? -1 : 0}
        aria-label={t('board:timeline')}
        aria-describedby="board-keys"
        aria-rowcount={lanes.length + 1}
        className={styles.sheet}
        style={{ inlineSize: WHO + width, '--hour': `${perHour}px`, '--who': `${WHO}px` } as never}
        onKeyDown={onKeyDown}
      >
        <div role="row" aria-rowindex={1} className={styles.head}>
          <div role="columnheader" className={styles.who}>
            {t('board:technicians')}
          </div>
          <div role="columnheader" className={styles.ticks}>
            {ticksOf(hours).map((tick) => (
              <span key={tick}>{time(new Date(tick), view.zone)}</span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles.rows} style={{ blockSize: tops.at(-1) }}>
          {nowX === null ? null : <i className={styles.now} data-now style={{ insetInlineStart: WHO + nowX }} />}
          {drawn.map(({ lane, row }) => (
            <BoardRow
              key={lane.technician}
              lane={lane}
              name={nameOf(lane.technician)}
              scale={{ zone: view.zone, hours, perHour, now, least: LEAST }}
              index={row}
              top={tops[row] ?? 0}
              height={(tops[row + 1] ?? 0) - (tops[row] ?? 0)}
              current={stop?.id}
              open={open}
              onOpen={onOpen}
              onFocus={(id) => {
                const bar = lane.appointments.find((one) => one.id === id);
                if (bar && id !== current) onCurrent(bar, false);
              }}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
