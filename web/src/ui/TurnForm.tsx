import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useT } from '../lib/t';
import { type Turn, type TurnReason, turnReasons } from '../lib/turns';
import { useWord } from '../lib/words';
import { Form, FormEnd } from './Form';

/** Asks why an appointment is called off, declined or missed: what partners and clocks are judged by needs a reason. */
export function TurnForm({ turn, busy, onGo, onBack }: { turn: Turn; busy: boolean; onGo: (reason: TurnReason) => void; onBack?: () => void }) {
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
        {onBack ? (
          <Button variant="default" onClick={onBack}>
            {t('common:cancel')}
          </Button>
        ) : null}
      </FormEnd>
    </Form>
  );
}
