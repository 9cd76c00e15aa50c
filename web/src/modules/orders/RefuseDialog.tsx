import { Button, TextInput } from '@mantine/core';
import type { OrdersView } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useForm } from '../../lib/form';
import { useT } from '../../lib/t';
import { Dialog } from '../../ui/Dialogs';
import { Form, FormEnd } from '../../ui/Form';
import { refuseOrder } from './queries';

/** An order can be refused while nothing has been done for it. */
export const refusable = (state: string) => state === 'received' || state === 'accepted';

/** Asks for the brand's code, because a refused order stays refused. */
export function RefuseDialog({ order, onClose }: { order: OrdersView; onClose: () => void }) {
  const { t } = useT();
  const title = t('order:refuseOne', { number: order.number });
  const form = useForm<{ reason: string }>({
    initial: { reason: '' },
    check: ({ reason }) => ({ reason: /^[A-Za-z0-9][A-Za-z0-9_./-]{0,63}$/.test(reason.trim()) ? undefined : t('order:refuseCode') }),
  });
  const refuse = useCommand({ run: (reason: string) => refuseOrder(order.id, reason), touches: [['orders'], ['cases']], done: () => t('order:refused', { number: order.number }), after: onClose });
  const submit = async () => {
    if (form.valid()) await refuse.mutateAsync(form.values.reason.trim()).catch(form.refuse);
  };
  return (
    <Dialog open onClose={onClose} title={title}>
      <Form label={title} onSubmit={submit}>
        <p>{t('order:refuseWhat')}</p>
        <TextInput {...form.input('reason')} label={t('order:refuseReason')} description={t('order:refuseHint')} autoComplete="off" spellCheck={false} maxLength={64} />
        <FormEnd>
          <Button type="button" variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={refuse.isPending}>
            {t('order:refuse')}
          </Button>
        </FormEnd>
      </Form>
    </Dialog>
  );
}
