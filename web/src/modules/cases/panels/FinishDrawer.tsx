import { Button, NativeSelect, TextInput } from '@mantine/core';
import type { WorkResult, WorkView } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useForm } from '../../../lib/form';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { SideDrawer } from '../../../ui/Dialogs';
import { Form, FormEnd } from '../../../ui/Form';
import { ErrorState } from '../../../ui/States';
import { finishWork } from '../queries';

const outcomes = ['fixed', 'no_fault_found', 'not_fixed', 'end_of_life', 'declined', 'done', 'part_missing'] as const;
type Outcome = (typeof outcomes)[number];

/** How work ended that is no visit: advice by phone, a kit, a swap, a refund. */
export function FinishDrawer({ caseId, order, onClose }: { caseId: string; order: WorkView; onClose: () => void }) {
  const { t } = useT();
  const word = useWord();
  const form = useForm<{ outcome: Outcome; minutes: string }>({
    initial: { outcome: 'fixed', minutes: '' },
    check: ({ minutes }) => ({ minutes: /^\d{0,4}$/.test(minutes) ? undefined : t('case:work.minutesWrong') }),
    pointers: { '/worked_minutes': 'minutes' },
  });
  const finish = useCommand({ shown: true, run: (result: WorkResult) => finishWork(order.id, result), touches: [['case', caseId], ['cases']], done: () => t('case:work.finished'), after: onClose });
  const submit = async () => {
    const { outcome, minutes } = form.values;
    if (form.valid()) await finish.mutateAsync({ outcome, ...(minutes ? { worked_minutes: Number(minutes) } : {}) }).catch(form.refuse);
  };
  return (
    <SideDrawer open onClose={onClose} title={t('case:work.finishTitle', { kind: word('workKind', order.kind) })}>
      <Form label={t('case:work.finish')} onSubmit={submit}>
        <NativeSelect {...form.input('outcome')} label={t('case:work.outcome')} data={outcomes.map((value) => ({ value, label: word('outcome', value) }))} />
        <TextInput {...form.input('minutes')} label={t('case:work.minutes')} inputMode="numeric" />
        {finish.error ? <ErrorState what={t('case:work.failed')} error={finish.error} /> : null}
        <FormEnd>
          <Button type="submit" loading={finish.isPending}>
            {t('case:work.finish')}
          </Button>
        </FormEnd>
      </Form>
    </SideDrawer>
  );
}
