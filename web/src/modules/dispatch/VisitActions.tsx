import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { DispatchBar } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { actionOf, movable, reasoned, type Turn, turnAppointment, type TurnReason, turnReasons, turnsIn } from '../../lib/turns';
import { useWord } from '../../lib/words';
import { Form, FormEnd } from '../../ui/Form';
import { Icon } from '../../ui/icons';
import styles from './dispatch.module.css';

function Asked({ turn, busy, onGo, onBack }: { turn: Turn; busy: boolean; onGo: (reason: TurnReason) => void; onBack: () => void }) {
  const { t } = useT();
  const word = useWord();
  const [reason, setReason] = useState<TurnReason>('customer_wish');
  return (
    <Form label={t(`case:turn.${turn}`)} onSubmit={() => onGo(reason)}>
      <NativeSelect
        label={t('case:turnReason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value as TurnReason)}
        data={turnReasons.map((value) => ({ value, label: word('turnReason', value) }))}
      />
      <FormEnd>
        <Button type="submit" loading={busy}>
          {t(`case:turn.${turn}`)}
        </Button>
        <Button variant="default" onClick={onBack}>
          {t('common:cancel')}
        </Button>
      </FormEnd>
    </Form>
  );
}

/** What may be done to the visit now: the usual next step first; what others are judged by asks for a reason. */
export function VisitActions({ bar, onMove }: { bar: DispatchBar; onMove: () => void }) {
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
  if (asked && turns.includes(asked)) return <Asked turn={asked} busy={go.isPending} onGo={(reason) => go.mutate({ turn: asked, reason })} onBack={() => setAsked(null)} />;
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
