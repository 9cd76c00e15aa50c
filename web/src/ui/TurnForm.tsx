import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { Amount } from '../lib/format';
import { useShortMoney } from '../lib/shortMoney';
import { useT } from '../lib/t';
import { type Turn, type TurnReason, turnReasons } from '../lib/turns';
import { useWord } from '../lib/words';
import { Form, FormEnd } from './Form';

interface Props {
  turn: Turn;
  /** What was promised to the customer for the time. */
  reward: Amount | undefined;
  busy: boolean;
  onGo: (reason: TurnReason) => void;
  onBack?: () => void;
}

/** Asks why an appointment is called off, declined or missed: what partners and clocks are judged by needs a reason. */
export function TurnForm({ turn, reward, busy, onGo, onBack }: Props) {
  const { t } = useT();
  const short = useShortMoney();
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
      {reward && turn === 'cancel' ? <p className="dim small">{t('reward:goes', { amount: short(reward) })}</p> : null}
      <FormEnd>
        <Button type="submit" loading={busy}>
          {t(`case:turn.${turn}`)}
        </Button>
        {onBack ? (
          <Button variant="default" onClick={onBack}>
            {t('common:cancel')}
          </Button>
        ) : null}
      </FormEnd>
    </Form>
  );
}
