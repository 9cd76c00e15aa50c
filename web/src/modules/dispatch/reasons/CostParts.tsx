import type { DispatchAssignment } from '../../../api/client';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { Facts } from '../../../ui/Card';

const parts = ['travel', 'distance', 'work', 'night', 'overtime', 'call_out', 'lateness', 'waiting', 'crossing', 'visit', 'repeat', 'balance', 'change'] as const;

/** What a visit costs as the day stands, and what of; what costs nothing is left out. */
export function CostParts({ cost, parts: priced }: Pick<DispatchAssignment, 'cost' | 'parts'>) {
  const { t } = useT();
  const { money } = useFormats();
  const facts = !cost || !priced ? [] : parts.filter((part) => priced[part] !== 0).map((part) => ({ label: t(`board:part.${part}`), value: money({ minor: priced[part], currency: cost.currency }) }));
  if (!cost || facts.length === 0) return null;
  return (
    <section>
      <h3>{t('board:costs', { cost: money(cost) })}</h3>
      <Facts facts={facts} />
    </section>
  );
}
