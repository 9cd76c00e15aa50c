import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { DispatchView, FieldRecord, RemedyNeed, WorkView } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useForm } from '../../../lib/form';
import { usePartName } from '../../../lib/names';
import { useT } from '../../../lib/t';
import { uuid } from '../../../lib/uuid';
import { useWord } from '../../../lib/words';
import { SideDrawer } from '../../../ui/Dialogs';
import { FieldGroup, Form, FormEnd, Pair } from '../../../ui/Form';
import { ErrorState } from '../../../ui/States';
import { recordVisit } from '../queries';

const outcomes = ['fixed', 'done', 'no_fault_found', 'not_fixed', 'end_of_life', 'absent', 'part_missing', 'declined'] as const;
const acceptances = ['code', 'refused', 'absent'] as const;

const initial = { outcome: 'fixed', minutes: '60', km: '0', notes: '', acceptance: 'code', code: '' };
type Values = typeof initial;

/** The record as the field module takes it. It ends now, because nobody can say later what happened; it began its minutes earlier. */
export function toRecord(values: Values, parts: RemedyNeed[], appointment: Pick<DispatchView, 'id' | 'work_order' | 'technician'>, now: Date, clientId: string): FieldRecord {
  const minutes = Number(values.minutes);
  return {
    client_id: clientId,
    appointment: appointment.id,
    work_order: appointment.work_order,
    technician: appointment.technician,
    outcome: values.outcome as FieldRecord['outcome'],
    started_at: new Date(now.getTime() - minutes * 60_000).toISOString(),
    finished_at: now.toISOString(),
    worked_minutes: minutes,
    travel_metres: Math.round(Number(values.km) * 1000),
    acceptance: { kind: values.acceptance as FieldRecord['acceptance']['kind'], ...(values.code.trim() && values.acceptance === 'code' ? { code: values.code.trim() } : {}) },
    ...(values.notes.trim() ? { notes: values.notes.trim() } : {}),
    ...(parts.length > 0 ? { parts } : {}),
  };
}

function UsedPart({ need, used, onUse }: { need: RemedyNeed; used: boolean; onUse: (used: boolean) => void }) {
  const name = usePartName(need.part);
  return <Checkbox checked={used} onChange={(event) => onUse(event.currentTarget.checked)} label={`${need.quantity} × ${name || need.part}`} />;
}

interface Props {
  caseId: string;
  work: WorkView;
  appointment: DispatchView;
  onClose: () => void;
}

/** A visit as it was done, told to the desk by phone: the technician's own application does the same with more. */
export function RecordDrawer({ caseId, work, appointment, onClose }: Props) {
  const { t } = useT();
  const word = useWord();
  const [clientId] = useState(uuid);
  const [unused, setUnused] = useState<ReadonlySet<string>>(new Set());
  const form = useForm<Values>({
    initial: { ...initial, minutes: String(appointment.minutes || 60) },
    check: ({ minutes, km }) => ({
      minutes: /^[1-9]\d{0,2}$/.test(minutes) ? undefined : t('case:visit.minutesWrong'),
      km: /^\d{1,4}([.,]\d)?$/.test(km) ? undefined : t('case:visit.kmWrong'),
    }),
    pointers: { '/worked_minutes': 'minutes', '/travel_metres': 'km', '/acceptance/code': 'code', '/acceptance/kind': 'acceptance' },
  });
  const { input, values } = form;
  const record = useCommand({
    shown: true,
    run: (made: FieldRecord) => recordVisit(made),
    touches: [['case', caseId], ['cases'], ['board']],
    done: () => t('case:visit.recorded'),
    after: onClose,
  });
  const submit = async () => {
    if (!form.valid()) return;
    const parts = (work.parts ?? []).filter(({ part }) => !unused.has(part));
    await record.mutateAsync(toRecord({ ...values, km: values.km.replace(',', '.') }, parts, appointment, new Date(), clientId)).catch(form.refuse);
  };
  const use = (part: string, used: boolean) => setUnused((before) => new Set(used ? [...before].filter((one) => one !== part) : [...before, part]));

  return (
    <SideDrawer open onClose={onClose} title={t('case:visit.record')}>
      <Form label={t('case:visit.record')} onSubmit={submit}>
        <NativeSelect {...input('outcome')} label={t('case:work.outcome')} data={outcomes.map((value) => ({ value, label: word('outcome', value) }))} />
        <Pair>
          <TextInput {...input('minutes')} label={t('case:work.minutes')} inputMode="numeric" />
          <TextInput {...input('km')} label={t('case:visit.km')} inputMode="decimal" />
        </Pair>
        {work.parts?.length ? (
          <FieldGroup legend={t('case:visit.partsUsed')}>
            {work.parts.map((need) => (
              <UsedPart key={need.part} need={need} used={!unused.has(need.part)} onUse={(used) => use(need.part, used)} />
            ))}
          </FieldGroup>
        ) : null}
        <NativeSelect {...input('acceptance')} label={t('case:visit.acceptance')} data={acceptances.map((value) => ({ value, label: word('acceptance', value) }))} />
        {values.acceptance === 'code' ? <TextInput {...input('code')} label={t('case:visit.code')} description={t('case:visit.codeHint')} autoComplete="off" /> : null}
        <Textarea {...input('notes')} label={t('case:visit.notes')} rows={3} maxLength={4000} />
        {record.error ? <ErrorState what={t('case:visit.failed')} error={record.error} /> : null}
        <FormEnd>
          <Button type="submit" loading={record.isPending}>
            {t('case:visit.keep')}
          </Button>
        </FormEnd>
      </Form>
    </SideDrawer>
  );
}
