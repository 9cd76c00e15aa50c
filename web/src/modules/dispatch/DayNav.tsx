import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { useT } from '../../lib/t';
import { Icon } from '../../ui/icons';
import styles from './dispatch.module.css';
import { shiftDay } from './clock';

/** Which day is shown, or the first of those that are: the ones before, after, any, or today. */
export function DayNav({ day, step, today, go }: { day: string; step: number; today: string; go: (day: string | undefined) => void }) {
  const { t } = useT();
  const before = t('board:before', { count: step });
  const after = t('board:after', { count: step });
  return (
    <span className={styles.days}>
      <Tooltip label={before}>
        <ActionIcon aria-label={before} onClick={() => go(shiftDay(day, -step))}>
          <Icon name="chevronLeft" />
        </ActionIcon>
      </Tooltip>
      <TextInput size="xs" type="date" aria-label={t('board:day')} value={day} onChange={(event) => (event.currentTarget.value ? go(event.currentTarget.value) : undefined)} />
      <Tooltip label={after}>
        <ActionIcon aria-label={after} onClick={() => go(shiftDay(day, step))}>
          <Icon name="chevronRight" />
        </ActionIcon>
      </Tooltip>
      <Button variant="default" onClick={() => go(undefined)} disabled={day === today}>
        {t('board:today')}
      </Button>
    </span>
  );
}
