import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { InsightCut } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { Card } from '../../ui/Card';
import styles from './insight.module.css';
import { useCutName } from './names';
import type { Dimension, InsightSearch } from './search';

/** How many parts the server names at most; what is left over has no name here. */
const LARGEST = 12;

interface Props {
  dimension: Dimension;
  cuts: InsightCut[];
  /** All cases of the period, so that what no bar stands for can be told. */
  total: number;
  search: InsightSearch;
}

/** Where a part leads: to its cases where the queue can show them, else to these figures for it alone. */
function Name({ dimension, id, search, children }: { dimension: Dimension; id: string; search: InsightSearch; children: string }) {
  const may = useMay();
  const { brand } = search;
  if (dimension === 'brand' && may('case.read')) return <Link to="/cases" search={{ brand: id }}>{children}</Link>;
  if (dimension === 'country' && may('case.read')) return <Link to="/cases" search={{ country: id, ...(brand ? { brand } : {}) }}>{children}</Link>;
  if (dimension === 'node' && search.node !== id) return <Link to="/insight" search={{ ...search, node: id }}>{children}</Link>;
  return <span>{children}</span>;
}

/** A share that is there is never rounded to none. */
const LEAST = 0.01;

interface BarProps {
  name: ReactNode;
  count: number;
  total: number;
  /** The count that fills the track. */
  most: number;
  /** What no name is known for stands back. */
  rest?: boolean;
}

function Bar({ name, count, total, most, rest = false }: BarProps) {
  const { number, percent } = useFormats();
  const share = count / Math.max(1, total);
  return (
    <li className={styles.bar} data-rest={rest || undefined}>
      <span className={styles.barName}>{name}</span>
      <span className={styles.barCount}>
        {number(count)} <span className="dim">{share > 0 && share < LEAST ? `<${percent(LEAST)}` : percent(share)}</span>
      </span>
      <span className={styles.track} aria-hidden="true">
        <i style={{ inlineSize: `${(100 * count) / Math.max(1, most)}%` }} />
      </span>
    </li>
  );
}

const leads: Partial<Record<Dimension, 'cases' | 'here'>> = { brand: 'cases', country: 'cases', node: 'here' };

/** How many cases fall to each part, the largest first. */
export function Breakdown({ dimension, cuts, total, search }: Props) {
  const { t } = useT();
  const may = useMay();
  const name = useCutName();
  const counted = cuts.reduce((sum, { figures }) => sum + figures.opened, 0);
  const rest = Math.max(0, total - counted);
  const most = Math.max(rest, ...cuts.map(({ figures }) => figures.opened));
  const lead = leads[dimension];
  return (
    <Card title={t(`insight:dimension.${dimension}`)}>
      <ul className={styles.bars}>
        {cuts.map(({ key, figures }) => (
          <Bar
            key={key}
            name={
              <Name dimension={dimension} id={key} search={search}>
                {name(dimension, key)}
              </Name>
            }
            count={figures.opened}
            total={total}
            most={most}
          />
        ))}
        {rest > 0 ? <Bar rest name={t(cuts.length < LARGEST ? 'insight:notKnownYet' : 'insight:others')} count={rest} total={total} most={most} /> : null}
      </ul>
      {lead === 'here' || (lead === 'cases' && may('case.read')) ? <p className={styles.hint}>{t(`insight:leads.${lead}`)}</p> : null}
    </Card>
  );
}
