import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { DeskCaseView, DeskPartyView } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useForm } from '../../../lib/form';
import { useMay } from '../../../lib/session';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Facts } from '../../../ui/Card';
import { SideDrawer } from '../../../ui/Dialogs';
import { Form, FormEnd } from '../../../ui/Form';
import styles from '../cases.module.css';
import { involve, type Part, partsInCase, release } from '../queries';

const over = new Set(['closed', 'cancelled']);

/** Empty fields are not sent. */
const contacts = ({ name = '', phone, email }: { name?: string; phone?: string; email?: string }) => ({ name, ...(phone ? { phone } : {}), ...(email ? { email } : {}) });

interface Naming {
  view: DeskCaseView;
  party: DeskPartyView | undefined;
  free: readonly Part[];
  onClose: () => void;
}

/** Says who plays a part; one that is taken goes to whom is named now. What is known of a person is corrected elsewhere, so nothing is filled in. */
function Entry({ view, party, free, onClose }: Naming) {
  const { t } = useT();
  const word = useWord();
  const form = useForm<{ role: string; name: string; phone: string; email: string }>({
    initial: { role: party?.role ?? free[0] ?? '', name: '', phone: '', email: '' },
    check: ({ name }) => ({ name: name.trim() ? undefined : t('case:new.required') }),
  });
  const put = useCommand({
    run: ({ role, name, phone, email }: typeof form.values) => involve(view, role as Part, contacts({ name, phone, email })),
    touches: [['case', view.id]],
    done: (_, { role }) => t('case:people.named', { part: word('part', role) }),
    after: onClose,
    shown: true,
  });
  const submit = async () => {
    if (form.valid()) await put.mutateAsync(form.values).catch(form.refuse);
  };
  const choices = (party ? [party.role as Part] : free).map((role) => ({ value: role, label: word('part', role) }));
  return (
    <SideDrawer open onClose={onClose} title={t(party ? 'case:people.change' : 'case:people.add')}>
      <Form label={t('case:people.add')} onSubmit={submit}>
        <NativeSelect label={t('case:people.part')} data={choices} value={form.values.role} disabled={!!party} onChange={(event) => form.set('role', event.currentTarget.value)} />
        <TextInput {...form.input('name')} label={t('case:fact.name')} required autoComplete="off" maxLength={200} />
        <TextInput {...form.input('phone')} label={t('case:fact.phone')} type="tel" autoComplete="off" maxLength={40} />
        <TextInput {...form.input('email')} label={t('case:fact.email')} type="email" autoComplete="off" maxLength={254} />
        <p className="dim">{t('case:people.hint')}</p>
        <FormEnd>
          <Button type="button" variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
          <Button type="submit" loading={put.isPending}>
            {t('case:people.save')}
          </Button>
        </FormEnd>
      </Form>
    </SideDrawer>
  );
}

function Person({ party, children }: { party: DeskPartyView; children: React.ReactNode }) {
  const { t } = useT();
  const word = useWord();
  return (
    <div className={styles.person}>
      <Facts
        facts={[
          { label: word('part', party.role), value: party.erased ? t('case:erased') : party.name },
          { label: t('case:fact.phone'), value: party.phone ? <a href={`tel:${party.phone}`}>{party.phone}</a> : '' },
          { label: t('case:fact.email'), value: party.email ? <a href={`mailto:${party.email}`}>{party.email}</a> : '' },
        ]}
      />
      {children}
    </div>
  );
}

/** Who plays a part in the case beside the customer: opens the door, owns the unit, pays. */
export function People({ view }: { view: DeskCaseView }) {
  const { t } = useT();
  const word = useWord();
  const may = useMay();
  const [naming, setNaming] = useState<{ party?: DeskPartyView } | null>(null);
  const restore = useCommand({
    run: ({ party, version }: { party: DeskPartyView; version: number }) => involve({ ...view, version }, party.role as Part, contacts(party)),
    touches: [['case', view.id]],
    done: () => t('case:undone'),
  });
  const remove = useCommand({
    run: ({ role }: DeskPartyView) => release(view, role as Part),
    touches: [['case', view.id]],
    done: (_, { role }) => t('case:people.removed', { part: word('part', role) }),
    undo: ({ version }, party) => (party.name ? () => restore.mutate({ party, version }) : undefined),
  });
  if (!view.customer) return null;
  const parties = view.parties ?? [];
  const free = partsInCase.filter((part) => parties.every(({ role }) => role !== part));
  const editable = may('case.write') && !over.has(view.state);
  return (
    <>
      {parties.map((party) => (
        <Person key={party.role} party={party}>
          {editable ? (
            <div className={styles.turns}>
              <Button variant="subtle" size="compact-sm" onClick={() => setNaming({ party })} aria-label={`${t('case:people.change')}: ${word('part', party.role)}`}>
                {t('case:people.change')}
              </Button>
              <Button variant="subtle" size="compact-sm" loading={remove.isPending} onClick={() => remove.mutate(party)} aria-label={`${t('case:people.remove')}: ${word('part', party.role)}`}>
                {t('case:people.remove')}
              </Button>
            </div>
          ) : null}
        </Person>
      ))}
      {editable && free.length > 0 ? (
        <Button variant="default" size="xs" onClick={() => setNaming({})}>
          {t('case:people.add')}
        </Button>
      ) : null}
      {naming ? <Entry view={view} party={naming.party} free={free} onClose={() => setNaming(null)} /> : null}
    </>
  );
}
