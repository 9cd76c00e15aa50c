import type { Amount } from '../lib/format';
import { useShortMoney } from '../lib/shortMoney';
import { useT } from '../lib/t';
import { Pill } from './Pill';

/** What a customer gets back for a time. */
export function Reward({ amount }: { amount: Amount }) {
  const { t } = useT();
  const short = useShortMoney();
  return (
    <Pill tone="done" icon="money">
      {t('reward:back', { amount: short(amount) })}
    </Pill>
  );
}
