import { useQuery } from '@tanstack/react-query';
import type { PartsHeldView, PartsWaiting } from '../../../api/client';
import { useNodes, usePartName } from '../../../lib/names';
import { useMay } from '../../../lib/session';
import { useT } from '../../../lib/t';
import { RailSection } from '../../../ui/Card';
import { Pill } from '../../../ui/Pill';
import { StatusBadge } from '../../../ui/StatusBadge';
import styles from '../cases.module.css';
import { reservationsQuery } from '../queries';

function HeldLine({ line, state }: { line: PartsHeldView['lines'][number]; state: string }) {
  const nodes = useNodes();
  const name = usePartName(line.part);
  return (
    <li>
      <span>
        {line.quantity} × {name || line.part} <span className="dim small">{nodes.get(line.node)?.name}</span>
      </span>
      <StatusBadge kind="reservation" state={state} />
    </li>
  );
}

function WaitingLine({ waiting }: { waiting: PartsWaiting }) {
  const { t } = useT();
  const name = usePartName(waiting.part);
  return (
    <li>
      <span>
        {waiting.quantity} × {name || waiting.part}
      </span>
      <Pill tone="warn" icon="pause">
        {t('case:partMissing')}
      </Pill>
    </li>
  );
}

/** Parts that are held for the case, and those that it waits for. */
export function Parts({ caseId }: { caseId: string }) {
  const { t } = useT();
  const may = useMay();
  const { data } = useQuery({ ...reservationsQuery(caseId), enabled: may('reservation.read') });
  if (!data || (data.items.length === 0 && data.waiting.length === 0)) return null;
  return (
    <RailSection title={t('case:section.parts')}>
      <ul className={styles.clocks}>
        {data.items.flatMap((held) => held.lines.map((line) => <HeldLine key={`${held.id} ${line.part} ${line.node}`} line={line} state={held.state} />))}
        {data.waiting.map((waiting) => (
          <WaitingLine key={`${waiting.work_order} ${waiting.part}`} waiting={waiting} />
        ))}
      </ul>
    </RailSection>
  );
}
