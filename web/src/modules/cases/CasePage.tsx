import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import type { DeskCaseView } from '../../api/client';
import { isProblem } from '../../api/problem';
import { useHints } from '../../lib/hints';
import { useKeys } from '../../lib/keys';
import { useSymptoms } from '../../lib/names';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Id } from '../../ui/Card';
import { PageHeader } from '../../ui/PageHeader';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import { StatusBadge } from '../../ui/StatusBadge';
import { CaseActions } from './CaseActions';
import { CaseRail } from './CaseRail';
import styles from './cases.module.css';
import { type ComposerHandle, Conversation } from './Conversation';
import { Booking } from './panels/Booking';
import { Charges } from './panels/Charges';
import { Plan } from './panels/Plan';
import { Visits } from './panels/Visits';
import { Work } from './panels/Work';
import { caseQuery } from './queries';

const route = getRouteApi('/desk/cases/$caseId');

function Loaded({ view }: { view: DeskCaseView }) {
  const word = useWord();
  const symptoms = useSymptoms();
  const navigate = useNavigate();
  const composer = useRef<ComposerHandle>(null);
  const title = [word('workType', view.work_type), symptoms.name(view.symptom)].filter(Boolean).join(' · ');
  useKeys({
    r: () => composer.current?.write(false),
    n: () => composer.current?.write(true),
    Escape: () => void navigate({ to: '/cases' }),
  });
  return (
    <>
      <PageHeader
        title={title}
        badges={
          <>
            <Id>{view.reference}</Id>
            <StatusBadge kind="case" state={view.state} word={view.state === 'waiting' && view.waiting_for ? word('waitingFor', view.waiting_for) : undefined} />
          </>
        }
        actions={<CaseActions view={view} onAnswer={() => composer.current?.write(false)} />}
      />
      <div className={styles.page}>
        <div className={styles.main}>
          <Plan view={view} />
          <Booking view={view} />
          <Visits caseId={view.id} zone={view.zone} />
          <Work caseId={view.id} />
          <Charges caseId={view.id} />
          <Conversation view={view} ref={composer} />
        </div>
        <CaseRail view={view} />
      </div>
    </>
  );
}

/** One case: what happened, what is known, and the one thing to do next. */
export function CasePage() {
  const { t } = useT();
  const { caseId } = route.useParams();
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery(caseQuery(caseId));
  useHints(`case:${caseId}`, () => void queries.invalidateQueries({ queryKey: ['case', caseId] }));

  if (data) return <Loaded view={data} />;
  if (isProblem(error) && error.status === 404) {
    return (
      <>
        <PageHeader title={t('shell:notFound.title')} />
        <EmptyState icon="search" why={t('shell:notFound.why')} />
      </>
    );
  }
  return (
    <>
      <PageHeader title={t('case:one')} />
      {error ? <ErrorState what={t('case:failed')} error={error} retry={() => void refetch()} /> : <Skeleton lines={12} />}
    </>
  );
}
