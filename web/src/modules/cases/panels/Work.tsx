import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RemedyNeed, WorkView } from '../../../api/client';
import { usePartName } from '../../../lib/names';
import { useMay } from '../../../lib/session';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Card } from '../../../ui/Card';
import { StatusBadge } from '../../../ui/StatusBadge';
import styles from '../cases.module.css';
import { workQuery } from '../queries';
import { FinishDrawer } from './FinishDrawer';
import { Panel } from './Panel';
import { ReverseDialog } from './ReverseDialog';

function PartLine({ need }: { need: RemedyNeed }) {
  return (
    <li>
      {need.quantity} × {usePartName(need.part)}
    </li>
  );
}

function Order({ order, finish, reverse }: { order: WorkView; finish?: (() => void) | undefined; reverse?: (() => void) | undefined }) {
  const { t } = useT();
  const word = useWord();
  return (
    <li className={styles.work}>
      <div className={styles.optionHead}>
        <strong>{word('workKind', order.kind)}</strong>
        <StatusBadge kind="work" state={order.state} />
        {order.outcome ? <span>{word('outcome', order.outcome)}</span> : null}
        {order.attempts > 1 ? <span className="dim small">{t('case:work.attempts', { count: order.attempts })}</span> : null}
        {finish ? (
          <Button size="compact-sm" variant="default" onClick={finish} style={{ marginInlineStart: 'auto' }}>
            {t('case:work.finish')}
          </Button>
        ) : null}
        {reverse ? (
          <Button size="compact-sm" variant="default" onClick={reverse} style={{ marginInlineStart: 'auto' }}>
            {t('case:reverse.do')}
          </Button>
        ) : null}
      </div>
      {order.parts?.length ? (
        <ul className={styles.parts}>
          {order.parts.map((need) => (
            <PartLine key={need.part} need={need} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}

const unfinished = new Set(['ready', 'in_progress', 'waiting']);

/** The work orders of the case, and how those ended that are no visit. */
export function Work({ caseId }: { caseId: string }) {
  const { t } = useT();
  const may = useMay();
  const query = useQuery(workQuery(caseId));
  const [reversing, setReversing] = useState<WorkView | null>(null);
  const [finishing, setFinishing] = useState<WorkView | null>(null);
  if (query.data && query.data.items.length === 0) return null;
  return (
    <Card title={t('case:section.work')}>
      <Panel query={query} none={t('case:none.work')} failed={t('case:sectionFailed.work')}>
        {({ items }) => (
          <ul className={styles.works}>
            {items.map((order) => (
              <Order
                key={order.id}
                order={order}
                finish={may('work.write') && order.kind !== 'visit' && unfinished.has(order.state) ? () => setFinishing(order) : undefined}
                reverse={may('work.reverse') && order.state === 'posted' ? () => setReversing(order) : undefined}
              />
            ))}
          </ul>
        )}
      </Panel>
      {reversing ? <ReverseDialog caseId={caseId} order={reversing} onClose={() => setReversing(null)} /> : null}
      {finishing ? <FinishDrawer caseId={caseId} order={finishing} onClose={() => setFinishing(null)} /> : null}
    </Card>
  );
}
