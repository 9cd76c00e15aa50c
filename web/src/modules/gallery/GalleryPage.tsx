import { Button, NativeSelect, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Problem } from '../../api/problem';
import { keepHere } from '../../lib/session';
import { showToast } from '../../lib/toasts';
import { Card, Facts, FactsRail, Id, RailSection } from '../../ui/Card';
import { type Column, DataTable, MoreButton } from '../../ui/DataTable';
import { Confirm, SideDrawer } from '../../ui/Dialogs';
import { FieldGroup, Form, FormEnd, Pair } from '../../ui/Form';
import { Icon } from '../../ui/icons';
import { Money } from '../../ui/Money';
import { Chip, PageHeader } from '../../ui/PageHeader';
import { Stars } from '../../ui/Stars';
import { SerialEntry } from '../../ui/SerialEntry';
import { AppShell } from '../../ui/shell/AppShell';
import { SlaPill } from '../../ui/SlaPill';
import { EmptyState, ErrorState, Note } from '../../ui/States';
import { looks, type StateKind, StatusBadge } from '../../ui/StatusBadge';
import { Timeline } from '../../ui/Timeline';
import { When } from '../../ui/When';
import { WhyPopover } from '../../ui/WhyPopover';
import { clocks, groups, refused, rows, type SampleRow, samples, timeline, ZONE } from './samples';

function useColumns(): Column<SampleRow>[] {
  const s = samples();
  return [
    {
      id: 'due',
      header: s.due,
      fixed: true,
      cell: (row) => <SlaPill clock={row.clock} zone={ZONE} />,
    },
    {
      id: 'subject',
      header: s.subject,
      wide: true,
      fixed: true,
      cell: (row) => (
        <a href={`#${row.id}`} data-row-link>
          {row.subject}
        </a>
      ),
    },
    { id: 'state', header: s.state, cell: (row) => <StatusBadge kind="case" state={row.state} /> },
    { id: 'opened', header: s.opened, cell: (row) => <When at={row.openedAt} relative /> },
    { id: 'cost', header: s.cost, end: true, cell: (row) => <Money amount={row.cost} /> },
  ];
}

function Forms() {
  const s = samples();
  const [serial, setSerial] = useState('AC-24-0071834');
  const [stars, setStars] = useState(4);
  return (
    <Card title={s.forms}>
      <Form onSubmit={() => undefined} label={s.forms}>
        <Pair>
          <TextInput label={s.name} description={s.hint} defaultValue="Mei Lindqvist" />
          <TextInput label={s.phone} error={s.phoneError} defaultValue="12" />
          <NativeSelect label={s.country} data={['CN', 'DE', 'US']} />
          <Select label={s.workType} data={[s.repair, s.install]} defaultValue={s.repair} />
        </Pair>
        <Textarea label={s.message} rows={3} defaultValue={s.messageText} />
        <FieldGroup legend={s.choices}>
          <Switch label={s.onSwitch} defaultChecked />
          <Stars value={stars} onChange={setStars} label={s.rating} />
        </FieldGroup>
        <SerialEntry value={serial} onChange={setSerial} />
        <FormEnd>
          <Button type="submit">{s.save}</Button>
          <Button variant="default">{s.other}</Button>
          <Button disabled>{s.disabled}</Button>
          <Button loading>{s.save}</Button>
        </FormEnd>
      </Form>
    </Card>
  );
}

function States() {
  const s = samples();
  return (
    <>
      <Card title={s.states}>
        {(Object.keys(looks) as StateKind[]).map((kind) => (
          <p key={kind} style={{ display: 'flex', flexWrap: 'wrap', gap: 6, marginBlockEnd: 8 }}>
            {Object.keys(looks[kind]).map((state) => (
              <StatusBadge key={state} kind={kind} state={state} />
            ))}
          </p>
        ))}
        <p style={{ display: 'flex', flexWrap: 'wrap', gap: 6 }}>
          {clocks().map((clock) => (
            <SlaPill key={clock.dueAt + clock.state} clock={clock} zone={ZONE} label={s.response} />
          ))}
        </p>
      </Card>
      <Card title={s.errors}>
        <div style={{ display: 'grid', gap: 12 }}>
          <ErrorState what={s.loadFailed} error={refused()} retry={() => undefined} />
          <ErrorState what={s.loadFailed} error={new Problem(0, 'network', '', '', [], '')} retry={() => undefined} />
          {(['scheduled', 'onsite', 'warn', 'done'] as const).map((tone) => (
            <Note key={tone} tone={tone} icon="flag">
              {s.note}
            </Note>
          ))}
          <EmptyState why={s.empty} action={<Button>{s.save}</Button>} />
        </div>
      </Card>
    </>
  );
}

function Openers() {
  const s = samples();
  const [open, setOpen] = useState<'drawer' | 'confirm' | null>(null);
  const close = () => setOpen(null);
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
      <Button variant="default" onClick={() => setOpen('drawer')}>
        {s.openDrawer}
      </Button>
      <Button variant="default" onClick={() => setOpen('confirm')}>
        {s.openConfirm}
      </Button>
      <Button variant="default" onClick={() => showToast(s.toast, { undo: () => undefined })}>
        {s.openToast}
      </Button>
      <Button variant="default" onClick={() => showToast(s.toastError, { tone: 'error' })}>
        {s.openToastError}
      </Button>
      <SideDrawer open={open === 'drawer'} onClose={close} title={s.openDrawer}>
        <Form onSubmit={close} label={s.openDrawer}>
          <TextInput label={s.name} />
          <Button type="submit">{s.save}</Button>
        </Form>
      </SideDrawer>
      <Confirm open={open === 'confirm'} onClose={close} onConfirm={close} title={s.openConfirm} action={s.save}>
        {s.note}
      </Confirm>
    </div>
  );
}

function Rail() {
  const s = samples();
  return (
    <FactsRail label={s.facts}>
      <RailSection title={s.customer}>
        <Facts
          facts={[
            { label: s.name, value: 'Mei Lindqvist' },
            { label: s.phone, value: '+86 27 5550 0142' },
            { label: 'ID', value: <Id>case_01JD8Z3QK4T6</Id> },
          ]}
        />
      </RailSection>
      <RailSection
        title={s.coverage}
        aside={
          <WhyPopover
            title={s.coverage}
            policy="2024.11-3"
            reasons={[
              { weight: 'for', text: s.reasonFor },
              { weight: 'against', text: s.reasonAgainst },
              { weight: 'neutral', text: s.reasonNeutral },
            ]}
          />
        }
      >
        <StatusBadge kind="coverage" state="covered" />
      </RailSection>
      <RailSection title={s.cost}>
        <Facts
          facts={[
            { label: s.labour, value: <Money amount={{ minor: 42000, currency: 'CNY' }} /> },
            { label: s.penalty, value: <Money amount={{ minor: 1500, currency: 'CNY' }} kind="deduction" /> },
            { label: s.refund, value: <Money amount={{ minor: 125000, currency: 'JPY' }} kind="credit" /> },
          ]}
        />
      </RailSection>
    </FactsRail>
  );
}

/** Every component in every state, with made-up data: looked at, and checked by axe in both themes and languages. */
export default function GalleryPage() {
  const s = samples();
  const [hidden, setHidden] = useState<string[]>([]);
  const [late, setLate] = useState(true);
  const columns = useColumns();
  return (
    <AppShell groups={groups()} account={{ name: 'Mei Lindqvist', role: s.role, tenant: s.tenant, signOut: () => undefined, save: keepHere }} path="/cases" go={() => undefined} find={() => undefined}>
      <PageHeader
        title={s.title}
        count="128"
        filters={
          <>
            <Chip on={late} onChange={setLate}>
              {s.late}
            </Chip>
            <Chip on={false} onChange={() => undefined}>
              {s.mine}
            </Chip>
          </>
        }
        actions={<Button leftSection={<Icon name="plus" size={16} />}>{s.save}</Button>}
      />
      <div style={{ display: 'grid', gap: 16 }}>
        <Openers />
        <DataTable label={s.title} rows={rows()} columns={columns} rowId={(row) => row.id} hidden={hidden} onHide={setHidden} stepping foot={<MoreButton onMore={() => undefined} loading={false} />} />
        <div style={{ display: 'grid', gap: 16, gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))', alignItems: 'start' }}>
          <Card title={s.timeline}>
            <Timeline entries={timeline()} zone={ZONE} label={s.timeline} />
          </Card>
          <Rail />
        </div>
        <States />
        <Forms />
      </div>
    </AppShell>
  );
}
