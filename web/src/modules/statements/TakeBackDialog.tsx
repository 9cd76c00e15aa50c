import { Button, NativeSelect } from '@mantine/core';
import type { SettlementPayment, SettlementStatement, SettlementTakingBack } from '../../api/client';
import { isProblem } from '../../api/problem';
import { useCommand } from '../../lib/command';
import { useForm } from '../../lib/form';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Dialog } from '../../ui/Dialogs';
import { Form, FormEnd } from '../../ui/Form';
import { ErrorState } from '../../ui/States';
import { takeBack } from './queries';

type Reason = SettlementTakingBack['reason'];
const reasons: Reason[] = ['wrong_amount', 'wrong_statement', 'twice', 'returned', 'other'];

interface Props {
  statement: SettlementStatement;
  payment: SettlementPayment;
  title: string;
  onClose: () => void;
}

/** Asks why, because a payment that was taken back does not come to life again: it is booked anew. */
export function TakeBackDialog({ statement, payment, title: whose, onClose }: Props) {
  const { t } = useT();
  const word = useWord();
  const { date, money } = useFormats();
  const title = `${t('statement:back.title')}: ${whose}`;
  const form = useForm<{ reason: string }>({ initial: { reason: '' }, check: ({ reason }) => ({ reason: reason ? undefined : t('statement:back.whyMissing') }) });
  const back = useCommand({
    shown: true,
    run: (reason: Reason) => takeBack(statement.id, payment.seq, reason),
    touches: [['statements']],
    done: ({ remaining }) => t('statement:back.done', { remaining: money(remaining) }),
    after: onClose,
  });
  const submit = async () => {
    const reason = reasons.find((known) => known === form.values.reason);
    if (form.valid() && reason) await back.mutateAsync(reason).catch(form.refuse);
  };
  return (
    <Dialog open onClose={onClose} title={title}>
      <Form label={title} onSubmit={submit}>
        <p>{t('statement:back.what', { amount: money(payment.amount), day: date(payment.paid_on) })}</p>
        <NativeSelect
          {...form.input('reason')}
          label={t('statement:back.why')}
          data={[{ value: '', label: t('statement:back.choose') }, ...reasons.map((value) => ({ value, label: word('payBack', value) }))]}
        />
        {back.error ? <ErrorState what={t('statement:back.failed')} error={back.error} /> : null}
        <FormEnd>
          <Button type="button" variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={back.isPending} disabled={isProblem(back.error, 'settlement.payment_reversed')}>
            {t('statement:back.do')}
          </Button>
        </FormEnd>
      </Form>
    </Dialog>
  );
}
