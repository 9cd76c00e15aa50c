import { useQuery } from '@tanstack/react-query';
import type { WarrantyEntitlement } from '../../../api/client';
import { useFormats } from '../../../lib/format';
import { type CodedReason, dayBefore, useReason } from '../../../lib/reasons';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { RailSection } from '../../../ui/Card';
import { StatusBadge } from '../../../ui/StatusBadge';
import { type Reason, WhyPopover } from '../../../ui/WhyPopover';
import styles from '../cases.module.css';
import { entitlementQuery } from '../queries';
import { Panel } from './Panel';

const speaksFor = /in_term/;
const neutral = /sale_on_word|sold_in_assumed/;

const weigh = (code: string): Reason['weight'] => (speaksFor.test(code) ? 'for' : neutral.test(code) ? 'neutral' : 'against');

function Lines({ entitlement }: { entitlement: WarrantyEntitlement }) {
  const { t } = useT();
  const word = useWord();
  const { date } = useFormats();
  return (
    <table className={styles.lines}>
      <thead className="hidden-visually">
        <tr>
          <th scope="col">{t('case:cost')}</th>
          <th scope="col">{t('case:paidBy')}</th>
          <th scope="col">{t('case:until')}</th>
        </tr>
      </thead>
      <tbody>
        {entitlement.decision.coverage.map((line) => (
          <tr key={line.cost}>
            <th scope="row">{word('cost', line.cost)}</th>
            <td>{word('payer', line.payer)}</td>
            <td className="dim">{line.standing === 'covered' && line.until ? date(dayBefore(line.until)) : word('standing', line.standing)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Who pays which cost, until when, and why. */
export function Coverage({ caseId }: { caseId: string }) {
  const { t } = useT();
  const word = useWord();
  const reason = useReason();
  const query = useQuery(entitlementQuery(caseId));
  const decision = query.data?.decision;
  return (
    <RailSection
      title={t('case:section.coverage')}
      aside={
        decision ? (
          <WhyPopover
            title={word('standing', decision.standing)}
            policy={query.data?.policy_hash.slice(0, 12)}
            reasons={decision.reasons.map((one) => ({
              weight: weigh(one.code),
              text: `${reason(one as CodedReason)}${one.costs?.length ? ` (${one.costs.map((cost) => word('cost', cost)).join(', ')})` : ''}`,
            }))}
          />
        ) : null
      }
    >
      <Panel query={query} none={t('case:none.coverage')} failed={t('case:sectionFailed.coverage')}>
        {(entitlement) => (
          <>
            <StatusBadge kind="coverage" state={entitlement.decision.standing} />
            <Lines entitlement={entitlement} />
          </>
        )}
      </Panel>
    </RailSection>
  );
}
