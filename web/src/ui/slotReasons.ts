import type { DispatchReasons } from '../api/client';
import { useFormats } from '../lib/format';
import { useShortMoney } from '../lib/shortMoney';
import { useT } from '../lib/t';
import type { Reason } from './WhyPopover';

const MINUTE = 60_000;

/** Why this technician at this time: what the visit adds to the day, in words. Of a time that is only offered nobody has chosen it yet. */
export function useSlotReasons(reasons: DispatchReasons | undefined, offered = false): Reason[] {
  const { t } = useT();
  const { money, duration, number, percent } = useFormats();
  const short = useShortMoney();
  if (!reasons) return [];
  const out: Reason[] = [
    ...(offered ? [] : [{ weight: 'neutral' as const, text: t(`slot:by.${reasons.by as 'offer' | 'hand' | 'plan'}`) }]),
    { weight: 'neutral', text: t('slot:cost', { cost: money(reasons.cost) }) },
    { weight: 'neutral', text: t('slot:travel', { time: duration(Math.max(MINUTE, reasons.travel_seconds * 1000)), km: number(reasons.travel_metres / 1000, { maximumFractionDigits: 1 }) }) },
    { weight: 'neutral', text: t('slot:load', { share: percent(reasons.load_permille / 1000) }) },
  ];
  if (reasons.reward && reasons.saves) out.push({ weight: 'for', text: t('reward:saves', { saves: short(reasons.saves), amount: short(reasons.reward) }) });
  if (reasons.waiting) out.push({ weight: 'against', text: t('slot:waiting', { cost: money(reasons.waiting) }) });
  if (reasons.crossing) out.push({ weight: 'against', text: t('slot:crossing', { cost: money(reasons.crossing) }) });
  const learnt = reasons.learnt;
  if (learnt && learnt.service_permille > 0)
    out.push({
      weight: 'neutral',
      text: t(`slot:learnt.${(learnt.service_of ?? 'work_type') as 'technician' | 'node' | 'work_type'}`, {
        minutes: learnt.minutes,
        stated: learnt.stated_minutes,
        factor: number(learnt.service_permille / 1000, { maximumFractionDigits: 2 }),
        count: learnt.service_visits,
      }),
    });
  if (learnt && learnt.travel_permille > 0 && learnt.travel_permille !== 1000)
    out.push({ weight: 'neutral', text: t('slot:learnt.travel', { factor: number(learnt.travel_permille / 1000, { maximumFractionDigits: 2 }) }) });
  for (const { skill, held, wanted } of reasons.skills ?? []) out.push({ weight: 'for', text: t('slot:skill', { skill, held, wanted }) });
  if (reasons.late_seconds > 0) out.push({ weight: 'against', text: t('slot:late', { time: duration(reasons.late_seconds * 1000) }) });
  if (reasons.overtime_seconds > 0) out.push({ weight: 'against', text: t('slot:overtime', { time: duration(reasons.overtime_seconds * 1000) }) });
  if (reasons.wait_days > 0) out.push({ weight: 'against', text: t('slot:wait', { count: reasons.wait_days }) });
  return out;
}
