import { Button } from '@mantine/core';
import { useState } from 'react';
import { useCommand } from '../../lib/command';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { actionOf, movable, reasoned, type Turn, turnAppointment, type TurnReason, turnsIn } from '../../lib/turns';
import { Icon } from '../../ui/icons';
import { TurnForm } from '../../ui/TurnForm';
import type { BarView } from './contract';
import styles from './dispatch.module.css';

/** What may be done to the visit now: the usual next step first; what others are judged by asks for a reason. */
export function VisitActions({ bar, onMove }: { bar: BarView; onMove: () => void }) {
  const { t } = useT();
  const may = useMay();
  const [asked, setAsked] = useState<Turn | null>(null);
  const go = useCommand({
    run: ({ turn, reason }: { turn: Turn; reason?: TurnReason }) => turnAppointment(bar, turn, reason),
    touches: [['board'], ['case', bar.case], ['cases']],
    done: (_, { turn }) => t(`case:turned.${turn}`),
    after: () => setAsked(null),
  });
  const turns = turnsIn(bar.state).filter((turn) => may(actionOf(turn)));
  if (asked && turns.includes(asked))
    return <TurnForm turn={asked} reward={bar.reward} busy={go.isPending} onGo={(reason) => go.mutate({ turn: asked, reason })} onBack={() => setAsked(null)} />;
  return (
    <div className={styles.turns}>
      {turns.map((turn, index) => (
        <Button key={turn} variant={index === 0 && !reasoned.has(turn) ? 'filled' : 'default'} onClick={() => (reasoned.has(turn) ? setAsked(turn) : go.mutate({ turn }))} disabled={go.isPending}>
          {t(`case:turn.${turn}`)}
        </Button>
      ))}
      {movable(bar.state) && may('appointment.write') && may('board.write') ? (
        <Button variant="default" onClick={onMove} leftSection={<Icon name="calendar" size={14} />} aria-keyshortcuts="m">
          {t('board:move.open')}
        </Button>
      ) : null}
    </div>
  );
}
