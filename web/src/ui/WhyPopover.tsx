import { Button, Popover } from '@mantine/core';
import type { ReactNode } from 'react';
import { useT } from '../lib/t';
import { Icon } from './icons';
import styles from './page.module.css';

export interface Reason {
  /** For, against, or only worth knowing. */
  weight: 'for' | 'against' | 'neutral';
  text: string;
}

interface Props {
  /** What was decided: names the popover. */
  title: string;
  reasons: Reason[];
  /** Version of the policy that the decision was made under. */
  policy?: string | undefined;
  children?: ReactNode;
}

const icons = { for: 'check', against: 'close', neutral: 'chevronRight' } as const;

/** Why an automatic decision is what it is: its reasons, what was rejected, and under which policy. */
export function WhyPopover({ title, reasons, policy, children }: Props) {
  const { t } = useT();
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="subtle" size="compact-sm" leftSection={<Icon name="why" size={15} />} aria-label={t('common:why.of', { title })}>
          {t('common:why.ask')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={title}>
        <div className={styles.why}>
          <strong>{title}</strong>
          <ul>
            {reasons.map((reason) => (
              <li key={reason.text}>
                <Icon name={icons[reason.weight]} size={16} />
                <span>
                  {reason.weight === 'neutral' ? null : <span className="hidden-visually">{t(`common:why.${reason.weight}`)} </span>}
                  {reason.text}
                </span>
              </li>
            ))}
          </ul>
          {children}
          {policy ? <p className={styles.whyFoot}>{t('common:why.policy', { version: policy })}</p> : null}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
