import type { DispatchBill } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';

/** What a plan saves: money in minor units and seconds of road, nothing where it does not. */
export function savedBy(before: DispatchBill | undefined, after: DispatchBill | undefined): { minor: number; seconds: number } {
  if (!before || !after) return { minor: 0, seconds: 0 };
  return { minor: Math.max(0, before.cost.minor - after.cost.minor), seconds: Math.max(0, before.travel_seconds - after.travel_seconds) };
}

/** "47 € and 1 h 10 min of road less", or nothing. Less than a minute of road is not worth a word. */
export function useSaved(): (before: DispatchBill | undefined, after: DispatchBill | undefined) => string {
  const { t } = useT();
  const { money, duration, list } = useFormats();
  return (before, after) => {
    const { minor, seconds } = savedBy(before, after);
    const what = [
      ...(after && minor > 0 ? [money({ minor, currency: after.cost.currency })] : []),
      ...(seconds >= 60 ? [t('board:gain.road', { time: duration(seconds * 1000) })] : []),
    ];
    return what.length > 0 ? t('board:gain.less', { what: list(what) }) : '';
  };
}
