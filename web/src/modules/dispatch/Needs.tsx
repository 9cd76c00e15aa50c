import { useT } from '../../lib/t';
import { Chip } from '../../ui/PageHeader';
import { type Need, needs } from './attention';
import styles from './dispatch.module.css';

interface Props {
  counts: Record<Need, number>;
  on: Need | undefined;
  pick: (need: Need | undefined) => void;
}

/** What waits for the dispatcher; each count is a filter. */
export function Needs({ counts, on, pick }: Props) {
  const { t } = useT();
  return (
    <div className={styles.needs} role="group" aria-labelledby="board-needs">
      <h2 id="board-needs">{t('board:needsYou')}</h2>
      {needs.map((need) => (
        <Chip key={need} on={on === need} onChange={(wanted) => pick(wanted ? need : undefined)}>
          {t(`board:need.${need}`, { count: counts[need] })}
        </Chip>
      ))}
    </div>
  );
}
