import { Button, Popover } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useCommand } from '../../lib/command';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { When } from '../../ui/When';
import styles from './autonomy.module.css';
import { type Autonomous, type Balanced, balances, engineQuery, type Hasty, hastes, levels, setAutonomy } from './engine';
import { Nights } from './Nights';

/** Opened now and then, set once in a while. */
const Steering = lazy(() => import('./Steering').then(({ Steering: component }) => ({ default: component })));

/** How far the node's plan looks after itself, what came of it, and who may change it, does. */
export function Autonomy({ node }: { node: string }) {
  const { t } = useT();
  const may = useMay();
  const { data } = useQuery(engineQuery(node));
  const set = useCommand({
    run: (to: Autonomous) => setAutonomy(node, data?.version ?? 0, to),
    touches: [['engine', node], ['board']],
    done: (engine) => t(`board:engine.${engine.autonomy}.done`),
  });
  const even = useCommand({
    run: (to: Balanced) => setAutonomy(node, data?.version ?? 0, data?.autonomy ?? 'people', { balance: to }),
    touches: [['engine', node], ['board']],
    done: (engine) => t(`board:balance.${engine.balance}.done`),
  });
  const soon = useCommand({
    run: (to: Hasty) => setAutonomy(node, data?.version ?? 0, data?.autonomy ?? 'people', { haste: to }),
    touches: [['engine', node], ['board']],
    done: (engine) => t(`board:haste.${engine.haste}.done`),
  });
  if (!data) return null;
  return (
    <Popover position="bottom-start" width={340} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" size="xs">
          {t(`board:engine.${data.autonomy}.short`)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('board:engine.title')} className={styles.panel ?? ''}>
        <fieldset className={styles.levels} disabled={!may('board.write') || set.isPending}>
          <legend>{t('board:engine.title')}</legend>
          {levels.map((level) => (
            <label key={level}>
              <input type="radio" name="autonomy" checked={data.autonomy === level} onChange={() => set.mutate(level)} />
              <span>
                {t(`board:engine.${level}.name`)}
                <span className="dim small">{t(`board:engine.${level}.what`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <fieldset className={styles.levels} disabled={!may('board.write') || even.isPending}>
          <legend>{t('board:balance.title')}</legend>
          {balances.map((level) => (
            <label key={level}>
              <input type="radio" name="balance" checked={data.balance === level} onChange={() => even.mutate(level)} />
              <span>{t(`board:balance.${level}.name`)}</span>
            </label>
          ))}
        </fieldset>
        <fieldset className={styles.levels} disabled={!may('board.write') || soon.isPending}>
          <legend>{t('board:haste.title')}</legend>
          {hastes.map((level) => (
            <label key={level}>
              <input type="radio" name="haste" checked={data.haste === level} onChange={() => soon.mutate(level)} />
              <span>{t(`board:haste.${level}.name`)}</span>
            </label>
          ))}
        </fieldset>
        <Suspense>
          <Steering engine={data} />
        </Suspense>
        {data.looked_at ? (
          <div className={`${styles.came} dim small`}>
            <p>
              {t('board:engine.looked')} <When at={data.looked_at} relative />
            </p>
            <p>{t('board:engine.done', { kept: data.kept, booked: data.booked, told: data.told })}</p>
            {data.improved > 0 ? <p>{t('board:engine.improved', { count: data.improved })}</p> : null}
            {data.unkept > 0 ? <p>{t('board:engine.unkept', { count: data.unkept })}</p> : null}
            <Nights nights={data.nights} />
          </div>
        ) : null}
      </Popover.Dropdown>
    </Popover>
  );
}
