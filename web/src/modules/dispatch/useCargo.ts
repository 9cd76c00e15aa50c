import { useCallback } from 'react';
import { useMay } from '../../lib/session';
import { movable } from '../../lib/turns';
import type { Cargo } from './carry/cells';
import type { BoardModel } from './model';

/** What may be carried: "visit:…" by its appointment, "job:…" by its work order; nothing where it may not be moved. */
export function useCargo(model: BoardModel): { cargoOf: (name: string) => Cargo | null; mayMove: boolean; mayPlace: boolean } {
  const may = useMay();
  const mayPlace = may('board.write');
  const mayMove = mayPlace && may('appointment.write');
  const cargoOf = useCallback(
    (name: string): Cargo | null => {
      const [kind, id = ''] = name.split(':');
      if (kind === 'job') {
        const job = mayPlace ? model.open.find((one) => one.work_order === id) : undefined;
        return job ? { kind: 'job', id, reference: job.reference ?? '', length: job.minutes * 60_000 } : null;
      }
      const visit = mayMove ? model.visit.get(id) : undefined;
      if (!visit || !movable(visit.bar.state)) return null;
      const { service, technician, window, bar } = visit;
      return { kind: 'visit', id, reference: bar.reference ?? '', length: service.until - service.from, from: { technician, at: service.from }, promised: window };
    },
    [model, mayMove, mayPlace],
  );
  return { cargoOf, mayMove, mayPlace };
}
