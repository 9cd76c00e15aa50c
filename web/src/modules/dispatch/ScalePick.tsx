import { SegmentedControl } from '@mantine/core';
import { useT } from '../../lib/t';
import { type ScaleName, scaleNames } from './search';

/** How close one looks: hours, a day, a week. */
export function ScalePick({ scale, pick }: { scale: ScaleName; pick: (scale: ScaleName) => void }) {
  const { t } = useT();
  return <SegmentedControl size="xs" aria-label={t('board:scale')} value={scale} onChange={(value) => pick(value as ScaleName)} data={scaleNames.map((value) => ({ value, label: t(`board:scaleOf.${value}`) }))} />;
}
