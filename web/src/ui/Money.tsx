import { useT } from '../lib/t';
import { type Amount, useFormats } from '../lib/format';
import styles from './ui.module.css';

/** An amount with its currency code, right aligned. A credit or a deduction says so in a word beside its sign. */
export function Money({ amount, kind = 'plain' }: { amount: Amount; kind?: 'plain' | 'credit' | 'deduction' }) {
  const { t } = useT();
  const { money } = useFormats();
  const signed = kind === 'plain' ? amount : { ...amount, minor: -Math.abs(amount.minor) };
  return (
    <span className={styles.money}>
      {kind === 'credit' ? <span className={styles.moneyWord}>{t('common:money.credit')}</span> : null}
      {kind === 'deduction' ? <span className={styles.moneyWord}>{t('common:money.deduction')}</span> : null}
      {money(signed)}
    </span>
  );
}
