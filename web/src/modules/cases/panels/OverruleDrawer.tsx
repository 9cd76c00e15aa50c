import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { SideDrawer } from '../../../ui/Dialogs';
import { Form, FormEnd } from '../../../ui/Form';

/** Why somebody chooses another way than the first. */
const reasons = ['customer_wish', 'part_at_hand', 'known_fault', 'access', 'safety', 'brand_asks', 'other'] as const;

interface Props {
  mode: string;
  busy: boolean;
  onClose: () => void;
  onChoose: (reason: string) => void;
}

export function OverruleDrawer({ mode, busy, onClose, onChoose }: Props) {
  const { t } = useT();
  const word = useWord();
  const [reason, setReason] = useState<string>(reasons[0]);
  return (
    <SideDrawer open onClose={onClose} title={t('case:plan.insteadTitle', { mode: word('mode', mode) })}>
      <Form label={t('case:plan.insteadTitle', { mode: word('mode', mode) })} onSubmit={() => onChoose(reason)}>
        <NativeSelect
          label={t('case:plan.whyNotFirst')}
          description={t('case:plan.whyHint')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data={reasons.map((value) => ({ value, label: word('overrule', value) }))}
        />
        <FormEnd>
          <Button type="submit" loading={busy}>
            {t('case:plan.choose')}
          </Button>
        </FormEnd>
      </Form>
    </SideDrawer>
  );
}
