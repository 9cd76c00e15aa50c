import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { useT } from '../../lib/t';
import { Icon } from '../../ui/icons';
import styles from './dispatch.module.css';
import { shiftDay } from './queries';

/** Which day is shown: the one before, after, any, or today. */
export function DayNav({ day, today, go }: { day: string; today: string; go: (day: string | undefined) => void }) {
  const { t } = useT();
  return (
    <span className={styles.days}>
      <Tooltip label={t('board:before')}>
        <ActionIcon aria-label={t('board:before')} onClick={() => go(shiftDay(day, -1))}>
          <Icon name="chevronLeft" />
        </ActionIcon>
      </Tooltip>
      <TextInput size="xs" type="date" aria-label={t('board:day')} value={day} onChange={(event) => (event.currentTarget.value ? go(event.currentTarget.value) : undefined)} />
      <Tooltip label={t('board:after')}>
        <ActionIcon aria-label={t('board:after')} onClick={() => go(shiftDay(day, 1))}>
          <Icon name="chevronRight" />
        </ActionIcon>
      </Tooltip>
      <Button variant="default" onClick={() => go(undefined)} disabled={day === today}>
        {t('board:today')}
      </Button>
    </span>
  );
}
