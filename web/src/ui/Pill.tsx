import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons';
import styles from './ui.module.css';

export type Tone = 'scheduled' | 'travelling' | 'onsite' | 'done' | 'risk' | 'warn' | 'plain';

/** A small label with an icon: a state is never told by colour alone. */
export function Pill({ tone, icon, children }: { tone: Tone; icon: IconName; children: ReactNode }) {
  return (
    <span className={`${styles.pill} ${styles[tone]}`}>
      <Icon name={icon} size={14} />
      {children}
    </span>
  );
}
