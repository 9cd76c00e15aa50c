import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { DeskCaseView } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useForm } from '../../../lib/form';
import { useMay } from '../../../lib/session';
import { useT } from '../../../lib/t';
import { Form, FormEnd } from '../../../ui/Form';
import { identifyUnit } from '../queries';

/** The end of a case is also the end of asking which unit it was. */
const over = new Set(['closed', 'cancelled']);

function Entry({ view, onClose }: { view: DeskCaseView; onClose: () => void }) {
  const { t } = useT();
  const form = useForm<{ serial: string }>({
    initial: { serial: view.serial ?? '' },
    check: ({ serial }) => ({ serial: serial.trim() ? undefined : t('case:new.required') }),
  });
  const identify = useCommand({
    run: (serial: string) => identifyUnit(view, serial),
    touches: [['case', view.id], ['cases']],
    done: () => t('case:unit.done'),
    after: onClose,
  });
  const submit = async () => {
    if (form.valid()) await identify.mutateAsync(form.values.serial.trim()).catch(form.refuse);
  };
  return (
    <Form label={t('case:unit.identify')} onSubmit={submit}>
      <TextInput {...form.input('serial')} label={t('case:fact.serial')} description={t('case:unit.hint')} autoComplete="off" spellCheck={false} maxLength={64} />
      <FormEnd>
        <Button type="button" variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button type="submit" loading={identify.isPending}>
          {t('case:unit.identify')}
        </Button>
      </FormEnd>
    </Form>
  );
}

/** Says which unit a case is about, where it came without one or with a wrong one. */
export function IdentifyUnit({ view }: { view: DeskCaseView }) {
  const { t } = useT();
  const may = useMay();
  const [naming, setNaming] = useState(false);
  if (!may('case.write') || over.has(view.state)) return null;
  if (naming) return <Entry view={view} onClose={() => setNaming(false)} />;
  return (
    <>
      {view.unit ? null : <p className="dim">{t('case:unit.unknown')}</p>}
      <Button variant="default" size="xs" onClick={() => setNaming(true)}>
        {t(view.unit ? 'case:unit.another' : 'case:unit.identify')}
      </Button>
    </>
  );
}
