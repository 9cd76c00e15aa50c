import { useDebouncedValue } from '@mantine/hooks';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Tried } from '../contract';
import { tryPlaces } from '../queries';
import { type Cargo, type Cell, promiseAt } from './cells';

const DEBOUNCE_MS = 120;
/** Others change the plan as well: what was told is believed so long. */
const BELIEVED_MS = 15_000;

const tryQuery = (node: string, cargo: Cargo, cell: Cell) => {
  const start = promiseAt(cargo, cell);
  return queryOptions({
    queryKey: ['board', node, 'try', cargo.id, cell.technician, start],
    queryFn: async ({ signal }): Promise<Tried | null> => {
      const { results } = await tryPlaces(node, { [cargo.kind === 'visit' ? 'appointment' : 'work_order']: cargo.id, technician: cell.technician, start_at: new Date(start).toISOString() }, signal);
      return results[0] ?? null;
    },
    staleTime: BELIEVED_MS,
    retry: false,
  });
};

export interface Trial {
  tried: Tried | null;
  asking: boolean;
  /** Nobody answered: what follows is not known. */
  failed: boolean;
}

/** What would follow if it were put there: one request for a place on which it rests. */
export function useTry(node: string, cargo: Cargo | undefined, cell: Cell | null): Trial {
  const wanted = cargo && cell ? `${cargo.id} ${cell.technician} ${cell.at}` : '';
  const [rested] = useDebouncedValue(wanted, DEBOUNCE_MS);
  const ready = cargo !== undefined && cell !== null;
  const { data, isFetching, isError } = useQuery({ ...tryQuery(node, cargo ?? NOTHING, cell ?? NOWHERE), enabled: ready && rested === wanted });
  return { tried: ready ? (data ?? null) : null, asking: ready && data === undefined && (isFetching || rested !== wanted), failed: isError };
}

const NOTHING: Cargo = { kind: 'job', id: '', reference: '', length: 0 };
const NOWHERE: Cell = { technician: '', at: 0 };

/** What is known already of a place; nothing where nobody has asked. */
export function useKnown(node: string): (cargo: Cargo, cell: Cell) => Tried | undefined {
  const queries = useQueryClient();
  return (cargo, cell) => queries.getQueryData(tryQuery(node, cargo, cell).queryKey) ?? undefined;
}
