import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { type Axis, LABEL, ticksOf } from './axis';
import styles from './board.module.css';

interface Props {
  axis: Axis;
  zone: string;
  today: string;
  left: number;
  right: number;
}

/** The line of time above the rows: the days, where there are several, and the hours. */
export function Head({ axis, zone, today, left, right }: Props) {
  const { t } = useT();
  const { time, day } = useFormats();
  const inView = ({ x, width }: { x: number; width: number }) => x < right && x + width > left;
  return (
    <div role="row" aria-rowindex={1} className={styles.head}>
      <div role="columnheader" className={styles.corner}>
        {t('board:technicians')}
      </div>
      <div role="columnheader" className={styles.ticks}>
        {axis.days.length > 1
          ? axis.days.filter(inView).map((one) => (
              <strong key={one.day} data-today={one.day === today || undefined} style={{ insetInlineStart: one.x, inlineSize: one.width }}>
                <b>
                  {day(new Date(one.from), zone)}
                  {one.day === today ? ` · ${t('board:today')}` : ''}
                </b>
              </strong>
            ))
          : null}
        {ticksOf(axis)
          .filter(inView)
          .map((tick) => (
            <span key={tick.at} style={{ insetInlineStart: tick.x, inlineSize: tick.width }}>
              {tick.width >= LABEL ? time(new Date(tick.at), zone) : null}
            </span>
          ))}
      </div>
    </div>
  );
}
