import type { DispatchLane } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Bar } from './Bar';
import { barAtRisk } from './attention';
import styles from './board.module.css';
import { boxOf, restsOf, serviceOf, shiftOf, type Span, tracksOf, travelOf } from './layout';

/** What the rows have in common. */
export interface Scale {
  zone: string;
  hours: Span;
  perHour: number;
  now: number;
  /** The least width of a bar: it must stay big enough to be hit. */
  least: number;
}

interface Props {
  lane: DispatchLane;
  name: string;
  scale: Scale;
  index: number;
  top: number;
  height: number;
  current: string | undefined;
  open: string | undefined;
  onOpen: (id: string) => void;
  onFocus: (id: string) => void;
}

function Who({ lane, name, zone }: { lane: DispatchLane; name: string; zone: string }) {
  const { t } = useT();
  const word = useWord();
  const { percent, window } = useFormats();
  const share = lane.max_minutes > 0 ? lane.planned_minutes / lane.max_minutes : 0;
  const duty = lane.absent ? t('board:absent') : lane.shift ? window(lane.shift.start_at, lane.shift.end_at, zone) : t('board:offDuty');
  return (
    <div role="rowheader" className={styles.who} title={[name, word('employment', lane.employment), duty].join(' · ')}>
      <strong>{name}</strong>
      <span className="dim small">
        {duty}
        {lane.shift && !lane.absent ? (
          <>
            {' · '}
            <span className="hidden-visually">{t('board:load')} </span>
            {percent(share)}
          </>
        ) : null}
      </span>
    </div>
  );
}

/** One technician's day on the board: shift, rests and ways as shades, visits as bars. */
export function BoardRow({ lane, name, scale, index, top, height, current, open, onOpen, onFocus }: Props) {
  const { zone, hours, perHour, now, least } = scale;
  const { track } = tracksOf(lane.appointments, (least / perHour) * 3_600_000);
  const shift = shiftOf(lane);
  const shades: [string, Span][] = [
    ...(shift ? [['shift', shift] as [string, Span]] : []),
    ...restsOf(lane).map((span): [string, Span] => ['rest', span]),
    ...lane.appointments.filter((bar) => bar.travel_seconds >= 60).map((bar): [string, Span] => ['travel', travelOf(bar)]),
  ];
  return (
    <div role="row" aria-rowindex={index + 2} className={styles.row} style={{ insetBlockStart: top, blockSize: height }}>
      <Who lane={lane} name={name} zone={zone} />
      <div role="gridcell" className={styles.track}>
        {shades.map(([kind, span]) => {
          const box = boxOf(span, hours, perHour);
          return box ? <i key={`${kind} ${span.from}`} data-shade={kind} style={{ insetInlineStart: box.x, inlineSize: box.width }} /> : null;
        })}
        {lane.appointments.map((bar) => {
          const box = boxOf(serviceOf(bar), hours, perHour, least);
          return box ? (
            <Bar key={bar.id} bar={bar} who={name} zone={zone} box={box} track={track.get(bar.id) ?? 0} risk={barAtRisk(bar, now)} current={current === bar.id} open={open === bar.id} onOpen={() => onOpen(bar.id)} onFocus={() => onFocus(bar.id)} />
          ) : null;
        })}
      </div>
    </div>
  );
}
