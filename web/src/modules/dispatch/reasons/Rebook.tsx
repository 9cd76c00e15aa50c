import { Button } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import type { Cell } from '../carry/cells';
import { dayAt, shiftDay } from '../clock';
import type { Tried } from '../contract';
import styles from '../dispatch.module.css';
import type { BoardModel, Visit } from '../model';
import { tryPlaces } from '../queries';
import { OfferList } from './OfferList';
import { able, sorted } from './useBest';

/** The best that each technician has for a visit on another day, or at another time of the same. */
const elsewhereQuery = (node: string, { id, bar }: Visit, technicians: string[], day: string) =>
  queryOptions({
    queryKey: ['board', node, 'elsewhere', id, bar.version, bar.parts_from, day, technicians],
    queryFn: ({ signal }) => tryPlaces(node, { appointment: id, technicians, day }, signal),
    staleTime: 30_000,
    retry: false,
    enabled: technicians.length > 0,
  });

interface Props {
  visit: Visit;
  model: BoardModel;
  nameOf: (technician: string) => string;
  /** Puts it there; absent where the user may not. */
  place: ((cell: Cell, tried: Tried) => void) | undefined;
}

/** Where else a visit could go whose parts come too late: from when they are there, the cheapest first and each a click away. */
export function Rebook({ visit, model, nameOf, place }: Props) {
  const { t } = useT();
  const { day: dayWord } = useFormats();
  const { zone, node } = model.view;
  const from = visit.bar.parts_from;
  const [later, setLater] = useState(0);
  const day = from ? shiftDay(dayAt(Date.parse(from), zone), later) : '';
  const { data, isLoading, isError } = useQuery({ ...elsewhereQuery(node, visit, able(model.lanes), day), enabled: day !== '' });
  const { fits } = sorted(data?.results ?? []);
  if (!from) return <p className="dim small">{t('board:late_parts.unknown')}</p>;
  return (
    <section>
      <h3>{t('board:late_parts.elsewhere', { day: dayWord(new Date(`${day}T12:00:00Z`), 'UTC') })}</h3>
      {isLoading ? <p className="dim small">{t('board:try.asking')}</p> : null}
      {isError ? <p className="dim small">{t('board:try.failed')}</p> : null}
      {data && fits.length === 0 ? <p className="dim small">{t('board:best.nobody')}</p> : null}
      <OfferList fits={fits} nameOf={nameOf} zone={zone} go={t('board:move.go')} place={place} />
      <div className={styles.turns}>
        <Button size="compact-sm" variant="subtle" onClick={() => setLater(later + 1)}>
          {t('board:best.later')}
        </Button>
      </div>
    </section>
  );
}
