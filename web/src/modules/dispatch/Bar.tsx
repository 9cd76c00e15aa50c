import type { DispatchBar } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { Icon } from '../../ui/icons';
import { looks, useStateWord } from '../../ui/StatusBadge';
import styles from './board.module.css';
import type { Box } from './layout';

interface Props {
  bar: DispatchBar;
  who: string;
  zone: string;
  box: Box;
  track: number;
  risk: boolean;
  /** The one bar that Tab reaches; arrows lead to the others. */
  current: boolean;
  open: boolean;
  onOpen: () => void;
  onFocus: () => void;
}

/** One visit on the board: where it lies says when, its icon, word and colour say how it stands. */
export function Bar({ bar, who, zone, box, track, risk, current, open, onOpen, onFocus }: Props) {
  const { t } = useT();
  const { time, window } = useFormats();
  const state = useStateWord()('appointment', bar.state);
  const [tone, icon] = looks.appointment[bar.state as keyof typeof looks.appointment] ?? ['plain', 'why'];
  const words = risk ? `${state} · ${t('board:atRisk')}` : state;
  return (
    <button
      type="button"
      id={`bar-${bar.id}`}
      className={styles.bar}
      data-tone={risk ? 'risk' : tone}
      data-open={open || undefined}
      aria-expanded={open}
      tabIndex={current ? 0 : -1}
      title={`${bar.reference ?? ''} · ${window(bar.service_start_at, bar.service_end_at, zone)} · ${words}`}
      style={{ insetInlineStart: box.x, inlineSize: box.width, insetBlockStart: `calc(var(--gap) + ${track} * var(--row-board))` }}
      onClick={onOpen}
      onFocus={onFocus}
    >
      <span className={styles.barTime}>
        <Icon name={risk ? 'alert' : icon} size={13} />
        <strong>{time(bar.service_start_at, zone)}</strong>
      </span>{' '}
      <span className={styles.barState}>{words}</span>
      <span className="hidden-visually">{t('board:barUntil', { time: time(bar.service_end_at, zone), who, reference: bar.reference ?? '' })}</span>
    </button>
  );
}
