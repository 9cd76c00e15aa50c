import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { memo, useState } from 'react';
import { useT } from '../../../lib/t';
import { Icon } from '../../../ui/icons';
import { countJobs, grouped, type NeedItem } from '../attention';
import { type Need, needs } from '../search';
import type { OpenView } from '../contract';
import type { BoardModel } from '../model';
import { Job } from './Job';
import { NeedRow } from './NeedRow';
import styles from './tray.module.css';

interface Props {
  model: BoardModel;
  items: NeedItem[];
  need: Need | undefined;
  folded: boolean;
  onFold: (folded: boolean) => void;
  nameOf: (technician: string) => string;
  mayPlace: boolean;
  /** The work order whose reasons are shown. */
  open: string | undefined;
  onPlace: (workOrder: string) => void;
  onWhy: (workOrder: string) => void;
  onReveal: (item: NeedItem) => void;
}

/** So many of a kind are shown at first. */
const FIRST = 30;

const soonest = (a: OpenView, b: OpenView) => (a.due_at ?? '9').localeCompare(b.due_at ?? '9');

/** What needs a person, kind by kind: open visits to be carried to the board, and what lies on the board already, a click away. */
export const Tray = memo(function Tray({ model, items, need, folded, onFold, nameOf, mayPlace, open, onPlace, onWhy, onReveal }: Props) {
  const { t } = useT();
  const jobs = new Map(model.open.map((job) => [job.work_order, job]));
  const groups = grouped(items);
  const shown = needs.filter((one) => (need ? one === need : (groups.get(one)?.length ?? 0) > 0));
  const [whole, setWhole] = useState<Need[]>([]);
  const fold = folded ? t('board:trayOpen') : t('board:trayFold');
  const section = (one: Need) => {
    const all = groups.get(one) ?? [];
    const mine = all.flatMap((item) => (!item.appointment && item.work_order && jobs.get(item.work_order)) || []).toSorted(soonest);
    const most = whole.includes(one) ? Number.POSITIVE_INFINITY : FIRST;
    const rows = all.filter((item) => item.appointment || !item.work_order || !jobs.has(item.work_order));
    return (
      <section key={one} aria-label={t(`board:need.${one}`, { count: all.length })}>
        <h3>{t(`board:need.${one}`, { count: all.length })}</h3>
        {all.length === 0 ? <p className="dim small">{t('board:filterEmpty')}</p> : null}
        <ul>
          {rows.slice(0, most).map((item) => (
            <NeedRow key={item.key} item={item} visit={item.appointment ? model.visit.get(item.appointment) : undefined} nameOf={nameOf} zone={model.view.zone} onReveal={onReveal} />
          ))}
          {mine.slice(0, most).map((job) => (
            <Job key={job.work_order} job={job} awaited={one === 'part'} mayPlace={mayPlace} open={open === job.work_order} onPlace={onPlace} onWhy={onWhy} />
          ))}
        </ul>
        {Math.max(rows.length, mine.length) > most ? (
          <Button size="compact-sm" variant="subtle" onClick={() => setWhole([...whole, one])}>
            {t('board:trayAll', { count: all.length })}
          </Button>
        ) : null}
      </section>
    );
  };
  return (
    <section className={styles.tray} aria-label={t('board:tray')} data-folded={folded || undefined}>
      <div className={styles.trayHead}>
        <h2>
          <span>{t('board:tray')}</span> <span className="dim">{countJobs(items)}</span>
        </h2>
        <Tooltip label={fold}>
          <ActionIcon size={28} aria-label={fold} aria-expanded={!folded} onClick={() => onFold(!folded)}>
            <Icon name={folded ? 'chevronRight' : 'chevronLeft'} />
          </ActionIcon>
        </Tooltip>
      </div>
      {folded ? null : shown.map(section)}
      {!folded && shown.length === 0 ? <p className="dim small">{t('board:allPlanned')}</p> : null}
    </section>
  );
});
