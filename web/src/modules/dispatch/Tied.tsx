import { Button, NumberInput, Select } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { DispatchTiedView } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { askBeside } from './queries';
import styles from './tied.module.css';

interface Props {
  workOrder: string;
  tied: DispatchTiedView[] | undefined;
  minutes: number;
  zone: string;
  /** Somebody has begun: no second technician joins any more. */
  begun?: boolean;
  /** Nothing is done beside work that is over. */
  over?: boolean;
  nameOf: (technician: string) => string;
}

const HOUR = 60;
type How = 'with' | 'after';

/** What a visit hangs together with: who comes with it, what comes before and after it, and how to ask for more. */
export function Tied({ workOrder, tied, minutes, zone, begun = false, over = false, nameOf }: Props) {
  const { t } = useT();
  const may = useMay();
  const { day, window, duration } = useFormats();
  const [asking, setAsking] = useState(false);
  const asks = may('work.create') && !over;
  if (!tied?.length && !asks) return null;
  const who = (one: DispatchTiedView) =>
    one.technician && one.start_at && one.end_at ? `${nameOf(one.technician)} · ${day(one.start_at, zone)} · ${window(one.start_at, one.end_at, zone)}` : t('board:tied.nobody');
  const what = (one: DispatchTiedView) => [t(`board:tied.${one.how}`), one.least_minutes ? t('board:tied.least', { time: duration(one.least_minutes * 60_000) }) : ''].filter(Boolean).join(' · ');
  return (
    <section>
      <h3>{t('board:tied.title')}</h3>
      {tied?.length ? (
        <ul>
          {tied.map((one) => (
            <li key={`${one.work_order} ${one.how}`}>{t('board:keeps', { who: what(one), rule: who(one) })}</li>
          ))}
        </ul>
      ) : null}
      {asks && !asking ? (
        <Button className={styles.open} variant="default" size="compact-sm" onClick={() => setAsking(true)}>
          {t('board:tied.ask')}
        </Button>
      ) : null}
      {asking ? <AskForm workOrder={workOrder} minutes={minutes} begun={begun} onDone={() => setAsking(false)} /> : null}
    </section>
  );
}

interface AskProps {
  workOrder: string;
  minutes: number;
  begun: boolean;
  onDone: () => void;
}

/** Asks for a second technician, or for a visit that follows. */
function AskForm({ workOrder, minutes, begun, onDone }: AskProps) {
  const { t } = useT();
  const [how, setHow] = useState<How>(begun ? 'after' : 'with');
  const [takes, setTakes] = useState(minutes);
  const [hours, setHours] = useState(24);
  const ask = useCommand({
    run: () => askBeside(workOrder, how === 'with' ? { how, minutes: takes } : { how, minutes: takes, least_minutes: hours * HOUR }),
    touches: [['board'], ['case']],
    done: () => t('board:tied.asked'),
    after: onDone,
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  const hows = (begun ? (['after'] as const) : (['with', 'after'] as const)).map((value) => ({ value, label: t(`board:tied.${value}`) }));
  return (
    <form className={styles.ask} onSubmit={send}>
      <Select label={t('board:tied.how')} data={hows} value={how} onChange={(value) => value && setHow(value as How)} allowDeselect={false} />
      <NumberInput label={t('board:tied.minutes')} min={1} max={1440} value={takes} onChange={(value) => setTakes(Number(value) || 1)} />
      {how === 'after' ? <NumberInput label={t('board:tied.hours')} min={0} max={1440} value={hours} onChange={(value) => setHours(Number(value) || 0)} /> : null}
      <div className={styles.go}>
        <Button type="submit" disabled={ask.isPending}>
          {t('board:tied.go')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('common:cancel')}
        </Button>
      </div>
    </form>
  );
}
