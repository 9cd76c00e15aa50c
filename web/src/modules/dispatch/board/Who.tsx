import { memo } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Icon } from '../../../ui/icons';
import { useGuest } from '../lend/useAway';
import type { Lane } from '../model';
import styles from './board.module.css';

/** How much of the time that may be worked is planned. */
export const shareOf = ({ view, shifts }: Lane): number => (view.max_minutes > 0 && shifts.length > 0 ? view.planned_minutes / (view.max_minutes * shifts.length) : 0);

interface Props {
  lane: Lane;
  name: string;
  zone: string;
  /** How many days the board shows. */
  days: number;
  /** A certificate that ends, in words. */
  certificate: string | undefined;
  top: number;
  height: number;
}

export const whoId = (technician: string): string => `who-${technician}`;

/** The head of a row: who it is, when they work, how full it is. It lies in the column that stays in view, and its row owns it. */
export const Who = memo(function Who({ lane, name, zone, days, certificate, top, height }: Props) {
  const { t } = useT();
  const word = useWord();
  const { percent, window } = useFormats();
  const [shift] = lane.shifts;
  const duty = days > 1 ? t('board:shifts', { count: lane.shifts.length }) : shift ? window(new Date(shift.from), new Date(shift.until), zone) : '';
  const off = lane.absences.length > 0 && !shift ? t('board:absent') : t('board:offDuty');
  const share = shareOf(lane);
  const guest = useGuest()(lane);
  return (
    <div role="rowheader" id={whoId(lane.id)} className={styles.who} style={{ insetBlockStart: top, blockSize: height }} title={[name, word('employment', lane.view.employment), shift ? duty : off, guest?.from, guest?.terms, certificate].filter(Boolean).join(' · ')}>
      <strong>{name}</strong>
      <span className="dim small">
        {guest ? guest.from : shift ? duty : off}
        {shift ? (
          <>
            {' · '}
            <span className="hidden-visually">{t('board:load')} </span>
            {percent(share)}
          </>
        ) : null}
      </span>
      {certificate ? (
        <span className={styles.mark}>
          <Icon name="shield" size={16} />
          <span className="hidden-visually">{certificate}</span>
        </span>
      ) : null}
    </div>
  );
});
