import { useQuery } from '@tanstack/react-query';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Icon } from '../../../ui/icons';
import { useSigned } from '../carry/useConsequences';
import type { Tried } from '../contract';
import styles from '../dispatch.module.css';
import type { BoardModel, Visit } from '../model';
import { reasonsQuery } from '../queries';
import { CostParts } from './CostParts';
import { sorted } from './useBest';

const NEXT_BEST = 2;
const BLOCKED = 4;

/** What it would cost more, in words. */
export function useDifference(): (tried: Tried) => string {
  const { t } = useT();
  const signed = useSigned();
  return (tried) => {
    const parts = [
      ['cost', tried.cost ? signed.cost(tried.cost) : ''],
      ['travel', signed.time(tried.travel_seconds)],
      ['overtime', signed.time(tried.overtime_seconds)],
      ['late', signed.time(tried.late_seconds)],
    ] as const;
    const told = parts.filter(([, text]) => text !== '').map(([kind, difference]) => t(`board:try.${kind}`, { difference }));
    return told.length > 0 ? told.join(', ') : t('board:others.same');
  };
}

/** What the visit costs, and who else could take it in its window, the next best two with what they would cost more; and who could not, by which rule. */
export function OthersFor({ visit, model, nameOf }: { visit: Visit; model: BoardModel; nameOf: (technician: string) => string }) {
  const { t } = useT();
  const word = useWord();
  const difference = useDifference();
  const { data, isLoading: asking, isError } = useQuery(reasonsQuery(model.view.node, visit.id, visit.bar.version));
  const { fits, blocked } = sorted(data?.rivals ?? []);
  if (isError) return null;
  return (
    <>
    {data ? <CostParts cost={data.cost} parts={data.parts} /> : null}
    <section>
      <h3>{t('board:others.title')}</h3>
      {asking ? <p className="dim small">{t('board:try.asking')}</p> : null}
      {!asking && fits.length === 0 && blocked.length === 0 ? <p className="dim small">{t('board:others.none')}</p> : null}
      <ul>
        {fits.slice(0, NEXT_BEST).map((tried) => (
          <li key={tried.technician} className={styles.reason}>
            <Icon name="user" size={14} />
            <span>{t('board:others.could', { who: nameOf(tried.technician), difference: difference(tried) })}</span>
          </li>
        ))}
        {blocked.slice(0, BLOCKED).map((tried) => (
          <li key={tried.technician} className={styles.reason}>
            <Icon name="close" size={14} />
            <span>{t('board:keeps', { who: nameOf(tried.technician), rule: word('block', tried.rule) })}</span>
          </li>
        ))}
      </ul>
      {blocked.length > BLOCKED ? <p className="dim small">{t('board:others.more', { count: blocked.length - BLOCKED })}</p> : null}
    </section>
    </>
  );
}
