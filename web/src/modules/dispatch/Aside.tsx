import { ActionIcon } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useT } from '../../lib/t';
import { SideDrawer } from '../../ui/Dialogs';
import { Icon } from '../../ui/icons';
import styles from './dispatch.module.css';

interface Props {
  /** What it is about: the focus goes to its head when that changes. */
  about: string;
  title: string;
  wide: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** What was picked, beside the board; a drawer where there is no room beside it. */
export function Aside({ about, title, wide, onClose, children }: Props) {
  const { t } = useT();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    head.current?.focus();
  }, [about]);
  if (!wide) {
    return (
      <SideDrawer open onClose={onClose} title={title}>
        {children}
      </SideDrawer>
    );
  }
  const onEscape = (event: KeyboardEvent) => (event.key === 'Escape' ? onClose() : undefined);
  return (
    // Escape closes what the close button closes.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside className={styles.aside} aria-label={title} onKeyDown={onEscape}>
      <div className={styles.asideHead}>
        <h2 ref={head} tabIndex={-1}>
          {title}
        </h2>
        <ActionIcon aria-label={t('common:close')} onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      {children}
    </aside>
  );
}
