import { useT } from '../../../lib/t';
import { Icon } from '../../../ui/icons';
import styles from './carry.module.css';
import type { Line } from './useConsequences';

/** What would follow, line by line; while it is asked for, that it is. */
export function Consequences({ lines, asking, failed }: { lines: Line[]; asking: boolean; failed: boolean }) {
  const { t } = useT();
  if (failed) return <p className={styles.wait}>{t('board:try.failed')}</p>;
  if (lines.length === 0) return <p className={styles.wait}>{asking ? t('board:try.asking') : t('board:try.unknown')}</p>;
  return (
    <ul className={styles.lines} data-stale={asking || undefined}>
      {lines.map((line) => (
        <li key={line.text} data-tone={line.tone}>
          <Icon name={line.icon} size={14} />
          <span>{line.text}</span>
        </li>
      ))}
    </ul>
  );
}
