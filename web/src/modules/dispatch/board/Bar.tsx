import { memo } from 'react';
import { Icon, type IconName } from '../../../ui/icons';
import styles from './board.module.css';

/** What a bar says, already in words: its row makes them, so that bars draw fast. */
export interface BarText {
  time: string;
  state: string;
  icon: IconName;
  tone: string;
  /** Pinned, part awaited, late, certificate: an icon each, and its words. */
  marks: { icon: IconName; text: string }[];
  /** All that it says, in one, as it is read out: with the end, by whom, of which case, for who does not see the place. */
  label: string;
}

interface Props {
  id: string;
  text: BarText;
  x: number;
  width: number;
  track: number;
  /** May be carried elsewhere. */
  movable: boolean;
  pending: boolean;
  /** The one bar that Tab reaches; arrows lead to the others. */
  current: boolean;
  open: boolean;
  hot: boolean;
}

/** From which width on a bar has room for words. */
const ROOMY = 66;
/** And for its time alone, below its icon. */
const TIMED = 44;
/** And for a mark beside the word of its state. */
const BOTH = 96;

/** A bar that says the same at the same place is not drawn again. */
function alike({ text: before, ...was }: Props, { text, ...now }: Props): boolean {
  return before.label === text.label && before.tone === text.tone && (Object.keys(was) as (keyof typeof was)[]).every((prop) => was[prop] === now[prop]);
}

/**
 * One visit on the board: where it lies says when, its icon, word and colour say how it stands. What is done to it, the board hears. There are
 * hundreds: each has as few elements as can be, and one label instead of words that are there to be read out only.
 */
export const Bar = memo(Drawn, alike);

function Drawn({ id, text, x, width, track, movable, pending, current, open, hot }: Props) {
  const roomy = width >= ROOMY;
  return (
    <button
      type="button"
      id={`bar-${id}`}
      data-bar={id}
      data-cargo={movable ? `visit:${id}` : undefined}
      className={`${styles.bar} ${styles.tones}`}
      data-tone={text.tone}
      data-narrow={roomy ? undefined : true}
      data-open={open || undefined}
      data-hot={hot || undefined}
      data-pending={pending || undefined}
      aria-expanded={open}
      aria-label={text.label}
      tabIndex={current ? 0 : -1}
      style={{ insetInlineStart: x, inlineSize: width, insetBlockStart: `calc(var(--gap) + ${track} * var(--row-board))` }}
    >
      <Icon name={text.icon} size={13} />
      {width >= TIMED ? <strong>{text.time}</strong> : null}
      {roomy ? ' ' : null}
      {roomy && text.marks.length === 0 ? <span>{text.state}</span> : null}
      {roomy && text.marks.length > 0 ? (
        <span className={styles.marked}>
          {width >= BOTH ? <span>{text.state}</span> : null}
          {text.marks.map((mark) => (
            <Icon key={mark.icon} name={mark.icon} size={13} />
          ))}
        </span>
      ) : null}
    </button>
  );
}
