import { ActionIcon, Drawer, Menu, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useT } from '../../lib/t';
import { Icon } from '../icons';
import { Logo } from '../Logo';
import { LanguageMenu, type Save, ThemeMenu } from './Choices';
import { NavList, type NavGroup } from './Nav';
import styles from './shell.module.css';

export interface Account {
  name: string;
  /** What the account may be: "Agent · Berlin". */
  role: string;
  tenant: string;
  signOut: () => void;
  save: Save;
}

interface Props {
  account: Account;
  groups: NavGroup[];
  path: string;
  go: (to: string) => void;
  openPalette: () => void;
  openKeys: () => void;
}

function AccountMenu({ account, openKeys }: { account: Account; openKeys: () => void }) {
  const { t } = useT();
  const label = t('shell:account', { name: account.name });
  return (
    <Menu>
      <Menu.Target>
        <Tooltip label={label}>
          <ActionIcon aria-label={label}>
            <Icon name="user" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {account.name}
          <br />
          {account.role}
        </Menu.Label>
        <Menu.Item leftSection={<Icon name="keyboard" />} onClick={openKeys}>
          {t('shell:keys.title')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="door" />} onClick={account.signOut}>
          {t('shell:signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function SmallNav({ groups, path, go }: Pick<Props, 'groups' | 'path' | 'go'>) {
  const { t } = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <span className={styles.menuButton}>
        <ActionIcon aria-label={t('shell:menu')} aria-expanded={open} onClick={() => setOpen(true)}>
          <Icon name="menu" />
        </ActionIcon>
      </span>
      <Drawer opened={open} onClose={() => setOpen(false)} position="left" size={260} title={t('shell:nav')} closeButtonProps={{ 'aria-label': t('common:close') }}>
        <nav className={styles.drawerNav} aria-label={t('shell:nav')}>
          <NavList
            groups={groups}
            path={path}
            go={(to) => {
              setOpen(false);
              go(to);
            }}
          />
        </nav>
      </Drawer>
    </>
  );
}

export function Header({ account, groups, path, go, openPalette, openKeys }: Props) {
  const { t } = useT();
  const first = groups[0]?.items[0]?.to ?? '/';
  return (
    <header className={styles.header}>
      <SmallNav groups={groups} path={path} go={go} />
      <a
        className={styles.brand}
        href={first}
        onClick={(event) => {
          event.preventDefault();
          go(first);
        }}
      >
        <Logo />
        <span>Fettle</span>
      </a>
      <span className={styles.tenant}>{account.tenant}</span>
      <button type="button" className={styles.search} onClick={openPalette}>
        <Icon name="search" size={16} />
        <span>{t('shell:palette.open')}</span>
        <kbd className={styles.kbd}>Ctrl K</kbd>
      </button>
      <div className={styles.end}>
        <LanguageMenu save={account.save} />
        <ThemeMenu save={account.save} />
        <AccountMenu account={account} openKeys={openKeys} />
      </div>
    </header>
  );
}
