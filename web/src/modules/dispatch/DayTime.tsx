import { TextInput } from '@mantine/core';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { Pair } from '../../ui/Form';
import { instantAt, MINUTE } from './clock';

/** A day and a time of day, as somebody fills them in. */
export interface Moment {
  day: string;
  time: string;
}

/** The instant that is meant by the clocks of a zone; NaN where something is missing. */
export function instantOf({ day, time }: Moment, zone: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return day === '' || hours === undefined || minutes === undefined || time === '' ? Number.NaN : instantAt(day, hours * 60 + minutes, zone);
}

/** What the clocks of a zone show at an instant. */
export function momentAt(at: number, zone: string): Moment {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at);
  return { day: text.slice(0, 10), time: text.slice(11, 16) };
}

/** The next full minutes of so many, not before an instant. */
export const upTo = (at: number, minutes: number): number => Math.ceil(at / (minutes * MINUTE)) * minutes * MINUTE;

interface Props {
  label: string;
  value: Moment;
  onChange: (value: Moment) => void;
  /** By whose clocks: named to those who live by others. */
  zone: string;
  error?: string | undefined;
}

/** Asks for a day and a time. */
export function DayTime({ label, value, onChange, zone, error }: Props) {
  const { t } = useT();
  const { zone: here } = useFormats();
  return (
    <Pair>
      <TextInput label={label} type="date" value={value.day} onChange={(event) => onChange({ ...value, day: event.currentTarget.value })} error={error} />
      <TextInput label={t('board:time')} type="time" value={value.time} onChange={(event) => onChange({ ...value, time: event.currentTarget.value })} />
      {zone === here ? null : <p className="dim small">{t('board:zone', { zone })}</p>}
    </Pair>
  );
}
