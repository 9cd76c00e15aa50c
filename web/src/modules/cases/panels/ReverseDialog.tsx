import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { WorkReversal, WorkView } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Dialog } from '../../../ui/Dialogs';
import { Form, FormEnd } from '../../../ui/Form';
import { ErrorState } from '../../../ui/States';
import { reverseWork } from '../queries';

const reasons: WorkReversal['reason'][] = ['rated_wrong', 'not_done', 'agreed', 'other'];

/** Asks why, because work that was taken out of the books is never put back. */
export function ReverseDialog({ caseId, order, onClose }: { caseId: string; order: WorkView; onClose: () => void }) {
  const { t } = useT();
  const word = useWord();
  const [reason, setReason] = useState(reasons[0]);
  const reverse = useCommand({
    shown: true,
    run: (why: WorkReversal['reason']) => reverseWork(order.id, why),
    touches: [['case', caseId], ['statements']],
    done: () => t('case:reverse.done'),
    after: onClose,
  });
  const title = t('case:reverse.title', { kind: word('workKind', order.kind) });
  return (
    <Dialog open onClose={onClose} title={title}>
      <Form label={title} onSubmit={() => reason && reverse.mutateAsync(reason).then(() => undefined, () => undefined)}>
        <p>{t('case:reverse.what')}</p>
        <NativeSelect
          label={t('case:reverse.why')}
          value={reason}
          onChange={(event) => setReason(reasons.find((known) => known === event.currentTarget.value))}
          data={reasons.map((value) => ({ value, label: word('reverse', value) }))}
        />
        {reverse.error ? <ErrorState what={t('case:reverse.failed')} error={reverse.error} /> : null}
        <FormEnd>
          <Button type="button" variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={reverse.isPending}>
            {t('case:reverse.do')}
          </Button>
        </FormEnd>
      </Form>
    </Dialog>
  );
}
