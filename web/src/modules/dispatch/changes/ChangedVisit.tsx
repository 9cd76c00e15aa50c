import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { DispatchChangesView } from '../../../api/client';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import type { IconName } from '../../../ui/icons';
import { Pill, type Tone } from '../../../ui/Pill';
import styles from './changes.module.css';

export type VisitChange = NonNullable<DispatchChangesView['items']>[number];
type Step = VisitChange['steps'][number];

/** What may become of a visit, that which asks most of a person first. */
export const kinds = ['failed', 'refused', 'called_off', 'moved', 'handed', 'booked'] as const;

const looks: Record<(typeof kinds)[number], { tone: Tone; icon: IconName }> = {
  failed: { tone: 'risk', icon: 'alert' },
  refused: { tone: 'risk', icon: 'ban' },
  called_off: { tone: 'warn', icon: 'close' },
  moved: { tone: 'warn', icon: 'calendar' },
  handed: { tone: 'travelling', icon: 'users' },
  booked: { tone: 'scheduled', icon: 'plus' },
};

/** So many steps are told, the last ones. */
const TOLD = 5;

/** Whoever lost a visit has it no more; the others have it now. */
const lost = new Set<string>(['failed', 'refused', 'called_off']);

interface Props {
  change: VisitChange;
  zone: string;
  nameOf: (technician: string) => string;
  onShow: (appointment: string) => void;
}

/** One visit: where it was, where it is, and step by step why. */
export function ChangedVisit({ change, zone, nameOf, onShow }: Props) {
  const { t } = useT();
  const word = useWord('board');
  const { day, window, instant } = useFormats();
  const where = ({ technician, start_at: from, end_at: until }: Step | VisitChange['is']) => t('board:changes.where', { who: nameOf(technician), day: day(from, zone), window: window(from, until, zone) });
  const why = ({ reason, by }: Step) => (reason ? word('visitReason', reason.replace('dispatch.', '')) : t(`board:changes.by.${by ?? 'hand'}`));
  const stepText = (step: Step) => {
    const what = t(`board:changes.kind.${step.change}`);
    if (change.steps.length === 1 || lost.has(step.change)) return t('board:changes.step', { what, why: why(step) });
    return t('board:changes.stepTo', { what, who: nameOf(step.technician), window: window(step.start_at, step.end_at, zone), why: why(step) });
  };
  const here = !lost.has(change.change);
  const told = change.steps.slice(-TOLD);
  const before = change.steps.length - told.length;
  return (
    <li className={styles.visit}>
      <div className={styles.head}>
        <Link to="/cases/$caseId" params={{ caseId: change.case }}>
          {change.reference ?? change.work_order.slice(-6).toUpperCase()}
        </Link>
        <Pill {...looks[change.change]}>{t(`board:changes.kind.${change.change}`)}</Pill>
      </div>
      {change.was ? (
        <p>
          <span className="hidden-visually">{t('board:changes.was')} </span>
          <s className="dim">{where(change.was)}</s>
        </p>
      ) : null}
      {here ? (
        <p>
          <span className="hidden-visually">{t('board:changes.is')} </span>
          {where(change.is)}
        </p>
      ) : null}
      <ol className={`${styles.steps} dim small`}>
        {before > 0 ? <li>{t('board:changes.before', { count: before })}</li> : null}
        {told.map((step) => (
          <li key={`${step.at} ${step.change} ${step.start_at}`}>
            <time dateTime={step.at}>{instant(step.at, zone)}</time> {stepText(step)}
          </li>
        ))}
      </ol>
      {here ? (
        <Button size="compact-sm" variant="subtle" onClick={() => onShow(change.appointment)} aria-label={t('board:changes.showOne', { reference: change.reference ?? '' })}>
          {t('board:changes.show')}
        </Button>
      ) : null}
    </li>
  );
}
