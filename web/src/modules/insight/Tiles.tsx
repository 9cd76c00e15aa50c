import { ActionIcon, Popover } from '@mantine/core';
import type { ReactNode } from 'react';
import type { InsightOverview } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { Icon, type IconName } from '../../ui/icons';
import { type Change, compare, costs, type Figure, type FigureId, figures, type Unit } from './figures';
import styles from './insight.module.css';
import { useShown } from './useShown';

/** What a figure means, in words, for whoever asks. */
function Meaning({ id, label }: { id: FigureId | 'cost'; label: string }) {
  const { t } = useT();
  return (
    <Popover position="bottom-end" trapFocus returnFocus width={300}>
      <Popover.Target>
        <ActionIcon size={24} aria-label={t('insight:meaningOf', { figure: label })}>
          <Icon name="why" size={15} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={label} tabIndex={-1} data-autofocus>
        <p className={styles.meaning}>{t(`insight:meaning.${id}`)}</p>
      </Popover.Dropdown>
    </Popover>
  );
}

function Tile({ id, label, children }: { id: FigureId | 'cost'; label: string; children: ReactNode }) {
  return (
    <div className={styles.tile}>
      <dt>
        <span>{label}</span>
        <Meaning id={id} label={label} />
      </dt>
      {children}
    </div>
  );
}

const icons: Partial<Record<Change['verdict'], IconName>> = { better: 'check', worse: 'alert' };

/** "+12 %, better": by how much, and whether that is good, in a word. */
function useChange(): (unit: Unit, change: Change) => string {
  const { t } = useT();
  const shown = useShown();
  return (unit, change) => {
    switch (change.verdict) {
      case 'same':
        return t('insight:change.same');
      case 'neutral':
        return shown.change(unit, change);
      case 'better':
      case 'worse':
        return t(`insight:change.${change.verdict}`, { change: shown.change(unit, change) });
    }
  };
}

function Against({ unit, change, before }: { unit: Unit; change: Change | null; before: number }) {
  const { t } = useT();
  const shown = useShown();
  const changed = useChange();
  const icon = change ? icons[change.verdict] : undefined;
  return (
    <dd className={styles.against}>
      {change ? (
        <span className={styles.change} data-verdict={change.verdict}>
          {icon ? <Icon name={icon} size={14} /> : null}
          {changed(unit, change)}
        </span>
      ) : null}
      <span>{before < 0 ? t('insight:beforeNone') : t('insight:before', { value: shown.value(unit, before) })}</span>
    </dd>
  );
}

/** What stands beside some figures so that they are not misread. */
function Beside({ figure: { id, unit, tail }, overview: { figures: now } }: { figure: Figure; overview: InsightOverview }) {
  const { t } = useT();
  const { percent } = useFormats();
  const shown = useShown();
  const late = tail?.(now) ?? -1;
  if (late >= 0) return <dd className={styles.beside}>{t('insight:tail', { value: shown.value(unit, late) })}</dd>;
  if (id === 'resolved' && now.opened > 0) return <dd className={styles.beside}>{t('insight:ofOpened', { share: percent(now.resolved / now.opened) })}</dd>;
  if (id === 'stars' && now.rated > 0) return <dd className={styles.beside}>{t('insight:ratings', { count: now.rated })}</dd>;
  return null;
}

function FigureTile({ figure, overview }: { figure: Figure; overview: InsightOverview }) {
  const { t } = useT();
  const shown = useShown();
  const now = figure.read(overview.figures);
  const before = figure.read(overview.before);
  return (
    <Tile id={figure.id} label={t(`insight:figure.${figure.id}`)}>
      {now < 0 ? (
        <>
          <dd className={styles.none}>{t('insight:none')}</dd>
          <dd className={styles.beside}>{t(`insight:noneWhy.${figure.id as 'respond'}`)}</dd>
        </>
      ) : (
        <dd className={styles.value}>{shown.value(figure.unit, now)}</dd>
      )}
      <Beside figure={figure} overview={overview} />
      {figure.id === 'backlog' ? (
        <dd className={styles.against}>{overview.before.opened > 0 ? t('insight:backlogBefore', { count: before }) : null}</dd>
      ) : (
        <Against unit={figure.unit} change={compare(figure.unit, figure.better, now, before)} before={before} />
      )}
    </Tile>
  );
}

/** What a case costs others on average, currency by currency. */
function CostTile({ overview }: { overview: InsightOverview }) {
  const { t } = useT();
  const { money } = useFormats();
  const changed = useChange();
  const before = new Map(costs(overview.before).map((cost) => [cost.currency, cost]));
  const now = costs(overview.figures);
  return (
    <Tile id="cost" label={t('insight:figure.cost')}>
      {now.length === 0 ? (
        <>
          <dd className={styles.none}>{t('insight:none')}</dd>
          <dd className={styles.beside}>{t('insight:noneWhy.cost')}</dd>
        </>
      ) : null}
      {now.map((cost) => {
        const then = before.get(cost.currency);
        const change = then ? compare('minutes', 'less', cost.minor, then.minor) : null;
        return (
          <dd key={cost.currency} className={styles.cost}>
            <strong>{money(cost)}</strong>
            <span>
              {t('insight:cases', { count: cost.cases })}
              {change ? ` · ${changed('minutes', change)}` : ''}
            </span>
          </dd>
        );
      })}
    </Tile>
  );
}

/** The figures of the period, each beside the one of the period before. */
export function Tiles({ overview }: { overview: InsightOverview }) {
  const { t } = useT();
  return (
    <section aria-label={t('insight:atAGlance')}>
      <dl className={styles.tiles}>
        {figures.map((figure) => (
          <FigureTile key={figure.id} figure={figure} overview={overview} />
        ))}
        {overview.money ? <CostTile overview={overview} /> : null}
      </dl>
    </section>
  );
}
