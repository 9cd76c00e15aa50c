import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Tried } from '../contract';
import type { Lane } from '../model';
import { tryPlaces } from '../queries';

/** So many are asked for at the most in one request. */
const MOST = 200;

/** Who may be asked. */
export const able = (lanes: Lane[]): string[] =>
  lanes
    .filter(({ view }) => view.standing === 'active')
    .map(({ id }) => id)
    .slice(0, MOST);

/** The best that each technician has for a visit that nobody has, on a day. */
const bestQuery = (node: string, workOrder: string, technicians: string[], day: string) =>
  queryOptions({
    queryKey: ['board', node, 'best', workOrder, day, technicians],
    queryFn: ({ signal }) => tryPlaces(node, { work_order: workOrder, technicians, day }, signal),
    staleTime: 30_000,
    retry: false,
    enabled: technicians.length > 0,
  });

export interface Others {
  /** Who could, the cheapest first. */
  fits: Tried[];
  /** Who could not, and by which rule. */
  blocked: Tried[];
  asking: boolean;
  failed: boolean;
}

/** Splits answers into who could, the cheapest first, and who could not. */
export function sorted(results: Tried[]): Pick<Others, 'fits' | 'blocked'> {
  const fits = results.filter((one) => one.fits).toSorted((a, b) => (a.cost?.minor ?? 0) - (b.cost?.minor ?? 0) || a.travel_seconds - b.travel_seconds);
  return { fits, blocked: results.filter((one) => !one.fits) };
}

export function useBest(node: string, workOrder: string, lanes: Lane[], day: string): Others {
  const { data, isLoading, isError } = useQuery(bestQuery(node, workOrder, able(lanes), day));
  return { ...sorted(data?.results ?? []), asking: isLoading, failed: isError };
}
