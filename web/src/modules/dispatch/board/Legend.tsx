import { useT } from '../../../lib/t';
import { Icon } from '../../../ui/icons';
import styles from './board.module.css';

const shades = ['off', 'rest', 'travel', 'window'] as const;
const marks = [
  ['pin', 'pinned'],
  ['box', 'partAwaited'],
  ['shield', 'certificate'],
  ['clock', 'lateLegend'],
] as const;

/** What the shades and signs on the board mean. */
export function Legend() {
  const { t } = useT();
  return (
    <div className={styles.legend} role="note" aria-label={t('board:legend')}>
      {shades.map((shade) => (
        <span key={shade}>
          <i data-shade={shade} />
          {t(`board:shade.${shade}`)}
        </span>
      ))}
      {marks.map(([icon, word]) => (
        <span key={icon}>
          <Icon name={icon} size={13} />
          {t(`board:${word}`)}
        </span>
      ))}
    </div>
  );
}
