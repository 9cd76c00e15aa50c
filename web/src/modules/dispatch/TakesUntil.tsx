import { Button } from '@mantine/core';
import { useState } from 'react';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useNow } from '../../lib/now';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { Form, FormEnd } from '../../ui/Form';
import { Icon } from '../../ui/icons';
import { HOUR, MINUTE } from './clock';
import type { BarView } from './contract';
import { DayTime, instantOf, momentAt, upTo } from './DayTime';
import styles from './dispatch.module.css';
import { takesUntil } from './events';

/** Whether somebody may still say how long it takes. */
const open = (state: string): boolean => ['scheduled', 'dispatched', 'accepted', 'travelling', 'on_site'].includes(state);

/** Says until when a visit takes that is under way or about to begin. */
export function TakesUntil({ bar, zone }: { bar: BarView; zone: string }) {
  const { t } = useT();
  const may = useMay();
  const now = useNow();
  const { time } = useFormats();
  const [asking, setAsking] = useState(false);
  const begins = Date.parse(bar.service_start_at);
  const [until, setUntil] = useState(() => momentAt(upTo(Math.max(now, Date.parse(bar.service_end_at)), 5), zone));
  const [refused, setRefused] = useState(false);
  const say = useCommand({
    run: (at: number) => takesUntil(bar.id, bar.version, new Date(at).toISOString()),
    touches: [['board'], ['case', bar.case], ['appointment']],
    done: (_, at) => t('board:until.said', { time: time(new Date(at), zone) }),
    after: () => setAsking(false),
  });
  if (!open(bar.state) || !may('appointment.go')) return null;
  const send = () => {
    const at = instantOf(until, zone);
    const from = bar.state === 'on_site' ? begins : Math.max(begins, now);
    const good = at > now && at >= from + MINUTE && at <= from + 12 * HOUR;
    setRefused(!good);
    if (good) say.mutate(at);
  };
  if (!asking) {
    return (
      <div className={styles.turns}>
        <Button variant="default" onClick={() => setAsking(true)} leftSection={<Icon name="clock" size={14} />}>
          {t('board:until.open')}
        </Button>
      </div>
    );
  }
  return (
    <Form label={t('board:until.title')} onSubmit={send}>
      <DayTime label={t('board:until.title')} value={until} onChange={setUntil} zone={zone} error={refused ? t('board:until.refused') : undefined} />
      <FormEnd>
        <Button type="submit" loading={say.isPending}>
          {t('board:until.go')}
        </Button>
        <Button variant="default" onClick={() => setAsking(false)}>
          {t('common:cancel')}
        </Button>
      </FormEnd>
    </Form>
  );
}
