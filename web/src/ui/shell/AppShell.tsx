import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useT } from '../../lib/t';
import { useKeys } from '../../lib/keys';
import { setPrefs, usePrefs } from '../../lib/prefs';
import { OfflineBanner } from '../States';
import { Toasts } from '../Toasts';
import { type Account, Header } from './Header';
import { Nav, type NavGroup } from './Nav';
import styles from './shell.module.css';

const Palette = lazy(() => import('./Palette'));
const Shortcuts = lazy(() => import('./Shortcuts'));

interface Props {
  groups: NavGroup[];
  account: Account;
  /** The path that is open, to mark its place in the navigation. */
  path: string;
  go: (to: string) => void;
  /** Searches beyond the commands, e.g. for a case by its number. */
  find?: ((query: string) => void) | undefined;
  children: ReactNode;
}

/** Letters after G, from the navigation itself. */
function goKeys(groups: NavGroup[], go: (to: string) => void): Record<string, () => void> {
  const items = groups.flatMap((group) => group.items).filter((item) => item.letter);
  return Object.fromEntries(items.map((item) => [`g ${item.letter}`, () => go(item.to)]));
}

/** The frame of the desk: header, navigation, one main region, and what opens above them. */
export function AppShell({ groups, account, path, go, find, children }: Props) {
  const { t } = useT();
  const { navFolded } = usePrefs();
  const [above, setAbove] = useState<'palette' | 'keys' | null>(null);
  const openPalette = () => setAbove('palette');
  useKeys({ 'mod+k': openPalette, '/': openPalette, '?': () => setAbove('keys'), ...goKeys(groups, go) });

  return (
    <>
      <a className={styles.skip} href="#main">
        {t('shell:skip')}
      </a>
      <div className={`${styles.shell} ${navFolded ? styles.folded : ''}`}>
        <div className={styles.banner}>
          <OfflineBanner />
        </div>
        <Header account={account} groups={groups} path={path} go={go} openPalette={openPalette} openKeys={() => setAbove('keys')} />
        <Nav groups={groups} path={path} go={go} folded={navFolded} onFold={() => setPrefs({ navFolded: !navFolded })} />
        <main id="main" className={styles.main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <Suspense>
        {above === 'palette' ? <Palette groups={groups} go={go} find={find} onClose={() => setAbove(null)} /> : null}
        {above === 'keys' ? <Shortcuts groups={groups} onClose={() => setAbove(null)} /> : null}
      </Suspense>
      <Toasts />
    </>
  );
}
