import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AccessSeen, SettlementPayment, SettlementStatement } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Money } from '../../ui/Money';
import { ErrorState } from '../../ui/States';
import { paymentsQuery } from './queries';
import styles from './statements.module.css';

/** Who took a payment back: by name for those who may know it. */
function useWho(): (actor: AccessSeen) => string {
  const word = useWord();
  return ({ kind, name }) => name ?? (kind === 'system' ? 'Fettle' : word('actor', kind));
}

/** One payment; one that was taken back stays, struck through and with the reason. */
function Payment({ payment, onTakeBack }: { payment: SettlementPayment; onTakeBack?: (() => void) | undefined }) {
  const { t } = useT();
  const word = useWord();
  const who = useWho();
  const { date, instant, money } = useFormats();
  const { reversal } = payment;
  const paidOn = t('statement:paidOn', { day: date(payment.paid_on) });
  if (reversal) {
    return (
      <li className={styles.line}>
        <div>
          <s className="dim">{paidOn}</s>
          <p className="small">
            <strong>{t('statement:back.taken')}</strong> · {word('payBack', reversal.reason)}
          </p>
          <p className="dim small">
            {who(reversal.actor)} · {instant(reversal.at)}
          </p>
        </div>
        <s className={`dim ${styles.struck}`}>
          <Money amount={payment.amount} />
        </s>
      </li>
    );
  }
  return (
    <li className={`${styles.line} ${styles.payment}`}>
      <span>{paidOn}</span>
      {onTakeBack ? (
        <Button size="compact-sm" variant="default" aria-label={`${t('statement:back.do')}: ${paidOn}, ${money(payment.amount)}`} onClick={onTakeBack}>
          {t('statement:back.do')}
        </Button>
      ) : null}
      <Money amount={payment.amount} />
    </li>
  );
}

/** What has been paid of a statement, day by day, what of it was taken back, and what remains. */
export function Payments({ statement, onTakeBack }: { statement: SettlementStatement; onTakeBack: (payment: SettlementPayment) => void }) {
  const { t } = useT();
  const may = useMay();
  const { data, error, refetch } = useQuery(paymentsQuery(statement.id));
  if (error && !data) return <ErrorState what={t('statement:paymentsFailed')} error={error} retry={() => void refetch()} />;
  if (!data || data.items.length === 0) return null;
  return (
    <>
      <ul className={styles.list} aria-label={t('statement:payments')}>
        {data.items.map((payment) => (
          <Payment key={payment.seq} payment={payment} onTakeBack={may('statement.write') ? () => onTakeBack(payment) : undefined} />
        ))}
      </ul>
      <div className={styles.total}>
        <span>{t('statement:column.remaining')}</span>
        <Money amount={statement.remaining} />
      </div>
    </>
  );
}
