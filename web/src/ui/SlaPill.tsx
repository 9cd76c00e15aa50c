import { Tooltip } from '@mantine/core';
import { useT } from '../lib/t';
import { useFormats } from '../lib/format';
import { useNow } from '../lib/now';
import { type Clock, type ClockLevel, readClock } from '../lib/sla';
import type { IconName } from './icons';
import { Pill, type Tone } from './Pill';
import styles from './ui.module.css';

const looks: Record<ClockLevel, { tone: Tone; icon: IconName }> = {
  good: { tone: 'onsite', icon: 'clock' },
  neutral: { tone: 'plain', icon: 'clock' },
  warn: { tone: 'warn', icon: 'flag' },
  over: { tone: 'risk', icon: 'alert' },
  paused: { tone: 'done', icon: 'pause' },
  met: { tone: 'done', icon: 'check' },
};

/** One promise's clock: an icon and the time left in words. The tooltip gives the due instant in both zones. */
export function SlaPill({ clock, zone, label }: { clock: Clock; zone?: string | undefined; label?: string | undefined }) {
  const { t } = useT();
  const { duration, instantFull } = useFormats();
  const { level, left } = readClock(clock, useNow());
  const look = looks[level];
  const time = duration(left);
  const words = { good: t('sla:left', { time }), neutral: t('sla:left', { time }), warn: t('sla:left', { time }), over: t('sla:over', { time }), paused: t('sla:paused'), met: t('sla:met') }[level];
  const due = t('sla:due', { viewer: instantFull(clock.dueAt) });
  const tip = zone ? t('sla:dueBoth', { customer: instantFull(clock.dueAt, zone), viewer: instantFull(clock.dueAt) }) : due;
  return (
    <Tooltip label={tip}>
      <span>
        <Pill tone={look.tone} icon={look.icon}>
          {label ? <span className={styles.pillLabel}>{label}</span> : null}
          <span>{words}</span>
        </Pill>
      </span>
    </Tooltip>
  );
}
