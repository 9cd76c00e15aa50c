import { useMemo } from 'react';
import type { DispatchBoardView, DispatchLane } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useNodes } from '../../lib/names';
import { useT } from '../../lib/t';

/** The nodes that have a board, by name. */
export function useServingNodes(): { value: string; label: string }[] {
  const nodes = useNodes();
  const { locale } = useFormats();
  return useMemo(() => {
    const order = new Intl.Collator(locale);
    return [...nodes.values()]
      .filter(({ kind, state }) => kind !== 'headquarters' && state === 'open')
      .map(({ id, name, country }) => ({ value: id, label: `${name} · ${country}` }))
      .toSorted((a, b) => order.compare(a.label, b.label));
  }, [nodes, locale]);
}

const rank = (lane: DispatchLane) => (lane.appointments.length > 0 ? 0 : lane.shift && !lane.absent ? 1 : 2);

/** Who is on duty comes first, those with visits before those without. */
export const inOrder = (lanes: DispatchLane[]): DispatchLane[] => lanes.toSorted((a, b) => rank(a) - rank(b));

/** A technician's name, or a number for those who may not know it. */
export function useNameOf(view: DispatchBoardView | undefined): (technician: string) => string {
  const { t } = useT();
  return useMemo(() => {
    const names = new Map(view?.technicians.map(({ technician, name }) => [technician, name]));
    return (technician) => names.get(technician) ?? t('board:someone', { number: technician.slice(-4).toUpperCase() });
  }, [view, t]);
}
