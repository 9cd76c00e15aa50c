import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useT } from '../../../lib/t';
import { type Turn, type TurnReason, turnReasons } from '../../../lib/turns';
import { useWord } from '../../../lib/words';
import { SideDrawer } from '../../../ui/Dialogs';
import { Form, FormEnd } from '../../../ui/Form';

interface Props {
  turn: Turn;
  busy: boolean;
  onClose: () => void;
  onGo: (reason: TurnReason) => void;
}

/** Why an appointment is called off, declined or missed: what partners and clocks are judged by needs a reason. */
export function TurnDrawer({ turn, busy, onClose, onGo }: Props) {
  const { t } = useT();
  const word = useWord();
  const [reason, setReason] = useState<TurnReason>('customer_wish');
  return (
    <SideDrawer open onClose={onClose} title={t(`case:turn.${turn}`)}>
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
        </FormEnd>
      </Form>
    </SideDrawer>
  );
}
