import { Button } from '@mantine/core';
import type { DispatchView } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useFormats } from '../../../lib/format';
import { useNow } from '../../../lib/now';
import { useMay } from '../../../lib/session';
import { useT } from '../../../lib/t';
import { turnAppointment } from '../../../lib/turns';
import styles from '../cases.module.css';
import { takeHeld } from '../queries';

/** Until when a slot is held for its customer. */
export function HeldNote({ until }: { until: string }) {
  const { t } = useT();
  const { time } = useFormats();
  return <p className="small">{useNow() < Date.parse(until) ? t('slot:heldUntil', { time: time(until) }) : t('slot:lapses')}</p>;
}

/** What the customer has decided about a slot that is held. */
export function Held({ appointment }: { appointment: DispatchView }) {
  const { t } = useT();
  const may = useMay();
  const lapsed = useNow() >= Date.parse(appointment.held_until ?? '');
  const touches = [['case', appointment.case], ['cases'], ['board']];
  const take = useCommand({ run: () => takeHeld(appointment), touches, done: () => t('slot:booked') });
  const drop = useCommand({ run: () => turnAppointment(appointment, 'cancel', 'customer_wish'), touches, done: () => t('slot:dropped') });
  if (!may('appointment.write')) return null;
  return (
    <span className={styles.optionEnd} id="booking">
      <Button size="compact-sm" onClick={() => take.mutate(undefined)} loading={take.isPending} disabled={lapsed || drop.isPending}>
        {t('slot:takeHeld')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => drop.mutate(undefined)} loading={drop.isPending} disabled={lapsed || take.isPending}>
        {t('slot:drop')}
      </Button>
    </span>
  );
}
