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
  /** All that it says, in one: by this it is known whether it says something else. */
  key: string;
  /** Until when, by whom, of which case: for who does not see the place. */
  rest: string;
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
  return before.key === text.key && (Object.keys(was) as (keyof typeof was)[]).every((prop) => was[prop] === now[prop]);
}

/** One visit on the board: where it lies says when, its icon, word and colour say how it stands. What is done to it, the board hears. */
export const Bar = memo(Drawn, alike);

function Drawn({ id, text, x, width, track, movable, pending, current, open, hot }: Props) {
  const roomy = width >= ROOMY;
  const timed = !roomy && width >= TIMED;
  const worded = roomy && (text.marks.length === 0 || width >= BOTH);
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
      tabIndex={current ? 0 : -1}
      style={{ insetInlineStart: x, inlineSize: width, insetBlockStart: `calc(var(--gap) + ${track} * var(--row-board))` }}
    >
      <span className={styles.barTime}>
        <Icon name={text.icon} size={13} />
        {roomy ? <strong>{text.time}</strong> : null}
      </span>
      {roomy ? ' ' : <strong className={timed ? undefined : 'hidden-visually'}>{text.time} </strong>}
      <span className={roomy ? styles.barState : 'hidden-visually'}>
        <span className={worded ? undefined : 'hidden-visually'}>{text.state}</span>
        {roomy ? text.marks.map((mark) => <Icon key={mark.icon} name={mark.icon} size={13} />) : null}
      </span>
      <span className="hidden-visually">
        {' '}
        {text.rest} {text.marks.map((mark) => mark.text).join(' ')}
      </span>
    </button>
  );
}
