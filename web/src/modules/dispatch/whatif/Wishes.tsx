import { Button, Checkbox, NativeSelect, Switch } from '@mantine/core';
import { useT } from '../../../lib/t';
import { FieldGroup, Form, FormEnd } from '../../../ui/Form';
import type { BoardModel } from '../model';
import type { Wish } from './model';
import styles from './whatif.module.css';

const DAYS = [1, 2, 3, 5, 7, 14];

interface Props {
  wish: Wish;
  change: (wish: Wish) => void;
  model: BoardModel;
  nameOf: (technician: string) => string;
  busy: boolean;
  onAsk: () => void;
}

/** How many days, who is away, and whether promised visits may change hands. */
export function Wishes({ wish, change, model, nameOf, busy, onAsk }: Props) {
  const { t } = useT();
  const away = (id: string) => change({ ...wish, without: wish.without.includes(id) ? wish.without.filter((one) => one !== id) : [...wish.without, id] });
  return (
    <Form label={t('board:whatif.title')} onSubmit={onAsk}>
      <NativeSelect
        label={t('board:whatif.days')}
        value={String(wish.days)}
        onChange={(event) => change({ ...wish, days: Number(event.currentTarget.value) })}
        data={DAYS.map((days) => ({ value: String(days), label: t('board:whatif.dayCount', { count: days }) }))}
      />
      <Switch label={t('board:whatif.move')} description={t('board:whatif.moveHint')} checked={wish.move} onChange={(event) => change({ ...wish, move: event.currentTarget.checked })} />
      <FieldGroup legend={t('board:whatif.away')}>
        <div className={styles.people}>
          {model.lanes
            .filter(({ view }) => view.standing === 'active')
            .map(({ id }) => (
              <Checkbox key={id} label={nameOf(id)} checked={wish.without.includes(id)} onChange={() => away(id)} />
            ))}
        </div>
      </FieldGroup>
      <FormEnd>
        <Button type="submit" loading={busy}>
          {t('board:whatif.ask')}
        </Button>
      </FormEnd>
    </Form>
  );
}
