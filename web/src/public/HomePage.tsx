import { useT } from '../lib/t';
import { Icon } from '../ui/icons';
import { Go, Heading } from './parts';
import styles from './public.module.css';

export function HomePage() {
  const { t } = useT();
  return (
    <>
      <Heading>{t('public:home.title')}</Heading>
      <nav className={styles.choices} aria-label={t('public:home.title')}>
        <Go to="/p/check" className={styles.choice}>
          <strong>
            <Icon name="shieldCheck" />
            {t('public:home.check')}
          </strong>
          <span>{t('public:home.checkHint')}</span>
        </Go>
        <Go to="/p/ask" className={styles.choice}>
          <strong>
            <Icon name="wrench" />
            {t('public:home.ask')}
          </strong>
          <span>{t('public:home.askHint')}</span>
        </Go>
      </nav>
      <p className={styles.hint}>{t('public:home.follow')}</p>
    </>
  );
}
