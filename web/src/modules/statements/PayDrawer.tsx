import { Button, TextInput } from '@mantine/core';
import type { SettlementStatement } from '../../api/client';
import { useCommand } from '../../lib/command';
import { minorDigits } from '../../lib/format';
import { useForm } from '../../lib/form';
import { useT } from '../../lib/t';
import { SideDrawer } from '../../ui/Dialogs';
import { Form, FormEnd } from '../../ui/Form';
import { Money } from '../../ui/Money';
import { ErrorState } from '../../ui/States';
import { minorOf } from '../../lib/amount';
import { payPart } from './queries';
import styles from './statements.module.css';

/** Books a part of what remains of a statement. */
export function PayDrawer({ statement, title: whose, onClose }: { statement: SettlementStatement; title: string; onClose: () => void }) {
  const { t } = useT();
  const { currency } = statement.total;
  const digits = minorDigits(currency);
  const title = `${t('statement:part.do')}: ${whose}`;
  const form = useForm<{ amount: string; paidOn: string }>({
    initial: { amount: '', paidOn: '' },
    check: ({ amount }) => ({ amount: minorOf(amount, digits) ? undefined : t('statement:part.amountWrong') }),
    pointers: { '/amount/minor': 'amount', '/amount/currency': 'amount', '/paid_on': 'paidOn' },
  });
  const pay = useCommand({
    shown: true,
    run: (minor: number) => payPart(statement.id, { amount: { minor, currency }, ...(form.values.paidOn ? { paid_on: form.values.paidOn } : {}) }),
    touches: [['statements']],
    done: ({ state }) => t(state === 'paid' ? 'statement:done.pay' : 'statement:part.done'),
    after: onClose,
  });
  const submit = async () => {
    const minor = minorOf(form.values.amount, digits);
    if (form.valid() && minor) await pay.mutateAsync(minor).catch(form.refuse);
  };
  return (
    <SideDrawer open onClose={onClose} title={title}>
      <div className={styles.total}>
        <span>{t('statement:column.remaining')}</span>
        <Money amount={statement.remaining} />
      </div>
      <Form label={title} onSubmit={submit}>
        <TextInput {...form.input('amount')} label={t('statement:part.amount', { currency })} inputMode="decimal" autoComplete="off" />
        <TextInput {...form.input('paidOn')} type="date" label={t('statement:part.paidOn')} description={t('statement:part.paidOnHint')} />
        {pay.error ? <ErrorState what={t('statement:part.failed')} error={pay.error} /> : null}
        <FormEnd>
          <Button type="submit" loading={pay.isPending}>
            {t('statement:part.do')}
          </Button>
        </FormEnd>
      </Form>
    </SideDrawer>
  );
}
