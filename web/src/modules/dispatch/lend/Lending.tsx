import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DispatchPersonView } from '../../../api/client';
import { isProblem } from '../../../api/problem';
import { useCommand } from '../../../lib/command';
import { minorDigits, useFormats } from '../../../lib/format';
import { useNodes } from '../../../lib/names';
import { useT } from '../../../lib/t';
import { SideDrawer } from '../../../ui/Dialogs';
import { FieldGroup, Form, FormEnd } from '../../../ui/Form';
import { Icon } from '../../../ui/icons';
import { ErrorState, Skeleton } from '../../../ui/States';
import type { BoardView } from '../contract';
import { lendQuery, setLends } from '../queries';
import styles from './lend.module.css';
import { lendsOf, neighbours, priceOf, type Row, rowsOf } from './lends';

interface Props {
  view: BoardView;
  nameOf: (technician: string) => string;
  onClose: () => void;
}

/** What of it has ended by itself, and why. */
function Ended({ person }: { person: DispatchPersonView }) {
  const { t } = useT();
  const nodes = useNodes();
  const { day } = useFormats();
  return (person.lends_ended ?? []).map(({ node, reason, at }) => (
    <p key={node} className="small">
      {t(`board:lend.ended.${reason}`, { node: nodes.get(node)?.name ?? t('board:lend.elsewhere'), at: day(at) })}
    </p>
  ));
}

/** Where one technician is lent to. */
function Lends({ person, home, name, onDone }: { person: DispatchPersonView; home: string; name: string; onDone: () => void }) {
  const { t } = useT();
  const nodes = useNodes();
  const currency = person.hour?.currency ?? 'EUR';
  const digits = minorDigits(currency);
  const [rows, setRows] = useState(() => rowsOf(person.lends ?? [], digits));
  const [tried, setTried] = useState(false);
  const save = useCommand({
    shown: true,
    run: (lends: NonNullable<ReturnType<typeof lendsOf>>) => setLends(person.id, person.version, lends),
    touches: [['lends', person.id], ['board']],
    done: () => t('board:lend.done', { who: name }),
    after: onDone,
  });
  const change = (at: number, to: Partial<Row>) => setRows((all) => all.map((row, index) => (index === at ? { ...row, ...to } : row)));
  const refused = (at: number, field: string): string | undefined =>
    isProblem(save.error) ? save.error.fields.find(({ pointer }) => pointer.startsWith(`/lends/${at}/${field}`))?.title : undefined;
  const submit = async () => {
    setTried(true);
    const lends = lendsOf(rows, currency, digits);
    if (lends) await save.mutateAsync(lends).catch(() => undefined);
  };
  const choices = [{ value: '', label: t('board:lend.choose') }, ...neighbours(nodes, home).map(({ id, name: called }) => ({ value: id, label: called }))];
  if (choices.length === 1) return <p className="dim small">{t('board:lend.nowhere')}</p>;
  return (
    <Form label={name} onSubmit={submit}>
      {rows.length === 0 ? <p className="dim small">{t('board:lend.none')}</p> : null}
      {rows.map((row, at) => (
        // Rows have no names of their own: they are what stands in them.
        // oxlint-disable-next-line react/no-array-index-key
        <FieldGroup key={at} legend={nodes.get(row.node)?.name ?? t('board:lend.add')}>
          <div className={styles.node}>
            <NativeSelect label={t('board:node')} value={row.node} onChange={(event) => change(at, { node: event.currentTarget.value })} data={choices} error={(tried && row.node === '' ? t('board:lend.choose') : undefined) ?? refused(at, 'node')} />
            <ActionIcon variant="default" size={36} aria-label={t('board:lend.drop', { node: nodes.get(row.node)?.name ?? String(at + 1) })} onClick={() => setRows((all) => all.filter((_, index) => index !== at))}>
              <Icon name="close" />
            </ActionIcon>
          </div>
          <div className={styles.row}>
            <TextInput
              label={t('board:lend.price', { currency })}
              inputMode="decimal"
              autoComplete="off"
              value={row.price}
              onChange={(event) => change(at, { price: event.currentTarget.value })}
              error={(tried && priceOf(row, digits) === null ? t('board:lend.priceWrong') : undefined) ?? refused(at, 'price')}
            />
            <TextInput label={t('board:lend.last')} type="date" value={row.last} onChange={(event) => change(at, { last: event.currentTarget.value })} error={refused(at, 'until')} />
          </div>
        </FieldGroup>
      ))}
      <Button variant="default" leftSection={<Icon name="plus" size={16} />} onClick={() => setRows((all) => [...all, { node: '', price: '', last: '' }])}>
        {t('board:lend.add')}
      </Button>
      {save.error ? <ErrorState what={t('board:lend.failed')} error={save.error} /> : null}
      <FormEnd>
        <Button type="submit" loading={save.isPending}>
          {t('board:lend.save')}
        </Button>
      </FormEnd>
    </Form>
  );
}

/** To which other nodes this node's technicians may be sent, and what each visit there is held to cost. */
export function Lending({ view, nameOf, onClose }: Props) {
  const { t } = useT();
  const own = view.technicians.filter(({ home }) => !home);
  const [who, setWho] = useState(own[0]?.technician ?? '');
  const { data, error } = useQuery({ ...lendQuery(who), enabled: who !== '' });
  return (
    <SideDrawer open onClose={onClose} title={t('board:lend.title')}>
      <div className={styles.lending}>
        <p className="dim small">{t('board:lend.what')}</p>
        <NativeSelect label={t('board:fact.technician')} value={who} onChange={(event) => setWho(event.currentTarget.value)} data={own.map(({ technician }) => ({ value: technician, label: nameOf(technician) }))} />
        {error ? <ErrorState what={t('board:lend.unread')} error={error} /> : null}
        {!data && !error ? <Skeleton lines={3} /> : null}
        {data ? <Ended person={data} /> : null}
        {data ? <Lends key={`${data.id} ${data.version}`} person={data} home={view.node} name={nameOf(who)} onDone={onClose} /> : null}
      </div>
    </SideDrawer>
  );
}
