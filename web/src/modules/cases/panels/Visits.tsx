import { useQuery } from '@tanstack/react-query';
import type { FieldView, RemedyNeed } from '../../../api/client';
import { useFormats } from '../../../lib/format';
import { usePartName, useTechnicianName } from '../../../lib/names';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Card, Facts } from '../../../ui/Card';
import { Note } from '../../../ui/States';
import { When } from '../../../ui/When';
import styles from '../cases.module.css';
import { visitsQuery } from '../queries';
import { Panel } from './Panel';

function PartUsed({ need }: { need: RemedyNeed }) {
  return (
    <li>
      {need.quantity} × {usePartName(need.part) || need.part}
    </li>
  );
}

function Visit({ visit, zone }: { visit: FieldView; zone: string }) {
  const { t } = useT();
  const word = useWord();
  const { number, duration } = useFormats();
  const technician = useTechnicianName(visit.technician);
  const open = visit.reviews?.filter(({ state }) => state === 'open') ?? [];
  return (
    <article className={styles.visit}>
      <Facts
        facts={[
          { label: t('case:work.outcome'), value: <strong>{word('outcome', visit.outcome)}</strong> },
          { label: t('case:visit.when'), value: <When at={visit.finished_at} zone={zone} /> },
          { label: t('case:visit.technician'), value: technician },
          { label: t('case:visit.worked'), value: duration(visit.worked_minutes * 60_000) },
          { label: t('case:visit.km'), value: visit.travel_metres ? number(visit.travel_metres / 1000, { maximumFractionDigits: 1 }) : '' },
          { label: t('case:visit.cause'), value: visit.cause },
          { label: t('case:visit.resolution'), value: visit.resolution },
          {
            label: t('case:visit.partsUsed'),
            value: visit.parts?.length ? (
              <ul>
                {visit.parts.map((need) => (
                  <PartUsed key={need.part} need={need} />
                ))}
              </ul>
            ) : (
              ''
            ),
          },
          { label: t('case:visit.acceptance'), value: word('acceptance', visit.acceptance) },
          { label: t('case:visit.checks'), value: visit.answers?.length ? t('case:visit.checked', { ok: visit.answers.filter(({ is }) => is === 'ok').length, count: visit.answers.length }) : '' },
          { label: t('case:visit.notes'), value: visit.personal?.notes },
        ]}
      />
      {visit.photos?.length ? (
        <ul className={styles.photos}>
          {visit.photos.map((photo, index) => (
            <li key={photo.id}>
              <a href={`/v1/files/${photo.id}`} target="_blank" rel="noreferrer">
                <img src={`/v1/files/${photo.id}`} alt={t('case:visit.photo', { number: index + 1 })} loading="lazy" />
              </a>
            </li>
          ))}
        </ul>
      ) : null}
      {open.map((review) => (
        <Note key={review.id} tone="warn" icon="flag">
          {t('case:visit.review', { what: word('review', review.code) })}
        </Note>
      ))}
    </article>
  );
}

/** What was done at the customer's, as it was recorded. */
export function Visits({ caseId, zone }: { caseId: string; zone: string }) {
  const { t } = useT();
  const query = useQuery(visitsQuery(caseId));
  if (!query.data || query.data.items.length === 0) return null;
  return (
    <Card title={t('case:section.visits')}>
      <Panel query={query} none={t('case:none.visits')} failed={t('case:sectionFailed.visits')}>
        {({ items }) => items.map((visit) => <Visit key={visit.id} visit={visit} zone={zone} />)}
      </Panel>
    </Card>
  );
}
