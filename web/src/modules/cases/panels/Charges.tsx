import { useQuery } from '@tanstack/react-query';
import type { SettlementCharge } from '../../../api/client';
import { isProblem } from '../../../api/problem';
import { useChargeRule } from '../../../lib/chargeRule';
import { useFormats } from '../../../lib/format';
import { usePartName } from '../../../lib/names';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Card } from '../../../ui/Card';
import { Money } from '../../../ui/Money';
import styles from '../cases.module.css';
import { chargesQuery } from '../queries';
import { Panel } from './Panel';

function Line({ charge }: { charge: SettlementCharge }) {
  const { t } = useT();
  const word = useWord();
  const ruleOf = useChargeRule();
  const { money, number } = useFormats();
  const part = usePartName(charge.part ?? '');
  return (
    <tr>
      <th scope="row">
        {word('cost', charge.kind)}
        {part ? <span className="dim small"> · {part}</span> : null}
      </th>
      <td className="dim">
        {t('case:charge.times', { quantity: number(charge.quantity), unit: word('unit', charge.unit), each: money({ minor: charge.each_minor, currency: charge.amount.currency }) })}
      </td>
      <td>{word('payer', charge.payer)}</td>
      <td className="dim">
        {ruleOf(charge.rule)}
        {charge.rule === 'steering_reward' ? null : ` · ${t('case:charge.card', { version: charge.rate_card_version })}`}
      </td>
      <td className={styles.end}>
        <Money amount={charge.amount} />
      </td>
    </tr>
  );
}

/** What the work costs, who pays it, and by which line of which rate card. */
export function Charges({ caseId }: { caseId: string }) {
  const { t } = useT();
  const word = useWord();
  const query = useQuery(chargesQuery(caseId));
  const notForMe = isProblem(query.error) && (query.error.status === 403 || query.error.status === 404);
  if (query.isPending || notForMe || query.data?.items.length === 0) return null;
  return (
    <Card title={t('case:section.charges')} flush>
      <Panel query={query} none={t('case:none.charges')} failed={t('case:sectionFailed.charges')}>
        {({ items, totals }) => (
          // Wider than a phone and without links: the keyboard must be able to scroll it.
          <div className={styles.scroll} {...{ tabIndex: 0, role: 'group', 'aria-label': t('case:section.charges') }}>
            <table className={styles.charges} aria-label={t('case:section.charges')}>
              <thead>
                <tr>
                  <th scope="col">{t('case:cost')}</th>
                  <th scope="col">{t('case:charge.quantity')}</th>
                  <th scope="col">{t('case:paidBy')}</th>
                  <th scope="col">{t('case:charge.rule')}</th>
                  <th scope="col" className={styles.end}>
                    {t('case:charge.amount')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((charge) => (
                  <Line key={charge.id} charge={charge} />
                ))}
              </tbody>
              <tfoot>
                {Object.entries(totals).map(([payer, amount]) => (
                  <tr key={payer}>
                    <th scope="row" colSpan={4}>
                      {payer.startsWith('partner_cost') ? t('case:charge.partnerCost') : t('case:charge.total', { payer: word('payer', payer.split(':')[0]) })}
                    </th>
                    <td className={styles.end}>
                      <Money amount={amount} />
                    </td>
                  </tr>
                ))}
              </tfoot>
            </table>
          </div>
        )}
      </Panel>
    </Card>
  );
}
