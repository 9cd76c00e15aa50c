import { ActionIcon, Tooltip } from '@mantine/core';
import type { MouseEvent } from 'react';
import { useT } from '../../lib/t';
import { Icon, type IconName } from '../icons';
import styles from './shell.module.css';

export interface NavItem {
  to: string;
  label: string;
  icon: IconName;
  /** The letter after G. */
  letter?: string | undefined;
}

export interface NavGroup {
  label: string;
  items: NavItem[];
}

interface ListProps {
  groups: NavGroup[];
  path: string;
  go: (to: string) => void;
  folded?: boolean;
}

/** A plain click stays in the application; a click with a key held opens a tab as on any link. */
function follow(event: MouseEvent, to: string, go: (to: string) => void): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(to);
}

const isOpen = (path: string, to: string) => path === to || path.startsWith(`${to}/`);

export function NavList({ groups, path, go, folded = false }: ListProps) {
  return groups.map((group) => (
    <div key={group.label} role="group" aria-label={group.label}>
      <div className={styles.group} aria-hidden="true">
        {group.label}
      </div>
      <ul>
        {group.items.map((item) => (
          <li key={item.to}>
            <Tooltip label={item.label} position="right" disabled={!folded}>
              <a className={styles.item} href={item.to} aria-current={isOpen(path, item.to) ? 'page' : undefined} onClick={(event) => follow(event, item.to, go)}>
                <Icon name={item.icon} />
                <span>{item.label}</span>
              </a>
            </Tooltip>
          </li>
        ))}
      </ul>
    </div>
  ));
}

export function Nav({ groups, path, go, folded, onFold }: ListProps & { folded: boolean; onFold: () => void }) {
  const { t } = useT();
  const label = folded ? t('shell:unfold') : t('shell:fold');
  return (
    <nav className={styles.nav} aria-label={t('shell:nav')}>
      <NavList groups={groups} path={path} go={go} folded={folded} />
      <div className={styles.fold}>
        <Tooltip label={label} position="right">
          <ActionIcon onClick={onFold} aria-label={label} aria-expanded={!folded}>
            <Icon name={folded ? 'chevronRight' : 'chevronLeft'} />
          </ActionIcon>
        </Tooltip>
      </div>
    </nav>
  );
}
