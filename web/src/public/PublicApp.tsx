import { useEffect } from 'react';
import { setLanguage } from '../lib/i18n';
import { useOnline } from '../lib/online';
import { setPrefs, useScheme } from '../lib/prefs';
import { useT } from '../lib/t';
import { Icon } from '../ui/icons';
import { Logo } from '../ui/Logo';
import { AskPage } from './AskPage';
import { CheckPage } from './CheckPage';
import { FollowPage } from './FollowPage';
import { HomePage } from './HomePage';
import styles from './public.module.css';
import { type PublicRoute, useRoute } from './route';
import { Go, Heading } from './parts';

function Page({ route }: { route: PublicRoute }) {
  const { t } = useT();
  switch (route.page) {
    case 'home':
      return <HomePage />;
    case 'check':
      return <CheckPage key={route.serial} serial={route.serial} />;
    case 'ask':
      return <AskPage serial={route.serial} brand={route.brand} />;
    case 'case':
      return <FollowPage key={route.link} link={route.link} />;
    case 'unknown':
      return (
        <>
          <Heading>{t('public:notFound')}</Heading>
          <p>{t('public:notFoundWhy')}</p>
        </>
      );
  }
}

function Top() {
  const { t, lang } = useT();
  const scheme = useScheme();
  useEffect(() => {
    document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
  }, [scheme]);
  const other = lang === 'en' ? 'zh-CN' : 'en';
  return (
    <header className={styles.top}>
      <Go to="/p/" className={styles.brand}>
        <Logo />
        <span>{t('public:service')}</span>
      </Go>
      <button type="button" className={styles.quiet} lang={other} onClick={() => void setLanguage(other)}>
        {other === 'en' ? 'English' : '中文'}
      </button>
      <button type="button" className={styles.quiet} aria-label={t(scheme === 'dark' ? 'public:toLight' : 'public:toDark')} onClick={() => setPrefs({ theme: scheme === 'dark' ? 'light' : 'dark' })}>
        <Icon name={scheme === 'dark' ? 'sun' : 'moon'} />
      </button>
    </header>
  );
}

/** The pages for customers: no account, one column, nothing to install. */
export function PublicApp() {
  const { t } = useT();
  const route = useRoute();
  const online = useOnline();
  return (
    <div className={styles.page}>
      <a className={styles.skip} href="#main">
        {t('public:skip')}
      </a>
      <Top />
      <div role="status">{online ? null : <p className={styles.offline}>{t('common:offline')}</p>}</div>
      <main id="main" className={styles.main} tabIndex={-1}>
        <Page route={route} />
      </main>
      <footer className={styles.foot}>{t('public:foot')}</footer>
    </div>
  );
}
