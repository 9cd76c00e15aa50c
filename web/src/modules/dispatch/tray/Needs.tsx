import { Button } from '@mantine/core';
import { useT } from '../../../lib/t';
import { Icon } from '../../../ui/icons';
import { Chip } from '../../../ui/PageHeader';
import { countJobs, grouped, type NeedItem } from '../attention';
import { type Need, needs } from '../search';
import styles from './tray.module.css';

interface Props {
  items: NeedItem[];
  on: Need | undefined;
  pick: (need: Need | undefined) => void;
  /** Asks what has changed. */
  onChanges: () => void;
}

/** What waits for the dispatcher, in one sentence; each kind is a filter of the tray. When nothing waits, that is said. */
export function Needs({ items, on, pick, onChanges }: Props) {
  const { t } = useT();
  const groups = grouped(items);
  const count = countJobs(items);
  return (
    <div className={styles.needs} role="group" aria-labelledby="board-needs">
      <h2 id="board-needs" data-calm={count === 0 || undefined}>
        <Icon name={count === 0 ? 'checkCircle' : 'flag'} size={16} />
        {count === 0 ? t('board:calm') : t('board:needsYou', { count })}
      </h2>
      {needs
        .filter((need) => on === need || (groups.get(need)?.length ?? 0) > 0)
        .map((need) => (
          <Chip key={need} on={on === need} onChange={(wanted) => pick(wanted ? need : undefined)}>
            {t(`board:need.${need}`, { count: groups.get(need)?.length ?? 0 })}
          </Chip>
        ))}
      <Button className={styles.changed} variant="subtle" size="compact-sm" onClick={onChanges} leftSection={<Icon name="history" size={16} />}>
        {t('board:changes.open')}
      </Button>
    </div>
  );
}
