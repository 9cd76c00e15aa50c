import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeskCaseView, DispatchView } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useFormats } from '../../../lib/format';
import { useTechnicianName } from '../../../lib/names';
import { useMay } from '../../../lib/session';
import { useT } from '../../../lib/t';
import { actionOf, reasoned, stands, type Turn, turnAppointment, type TurnReason, turnsIn } from '../../../lib/turns';
import { useWord } from '../../../lib/words';
import { Card } from '../../../ui/Card';
import { Icon } from '../../../ui/icons';
import { Reward } from '../../../ui/Reward';
import { useSlotReasons } from '../../../ui/slotReasons';
import { StatusBadge } from '../../../ui/StatusBadge';
import { WhyPopover } from '../../../ui/WhyPopover';
import styles from '../cases.module.css';
import { appointmentsQuery, workQuery } from '../queries';
import { Held, HeldNote } from './Held';
import { Panel } from './Panel';
import { RecordDrawer } from './RecordDrawer';
import { SlotOffers } from './SlotOffers';
import { TurnDrawer } from './TurnDrawer';

function Turns({ appointment }: { appointment: DispatchView }) {
  const { t } = useT();
  const may = useMay();
  const [asked, setAsked] = useState<Turn | null>(null);
  const go = useCommand({
    run: ({ turn, reason }: { turn: Turn; reason?: TurnReason }) => turnAppointment(appointment, turn, reason),
    touches: [['case', appointment.case], ['cases'], ['board']],
    done: (_, { turn }) => t(`case:turned.${turn}`),
    after: () => setAsked(null),
  });
  const turns = turnsIn(appointment.state).filter((turn) => may(actionOf(turn)));
  const [next, ...others] = turns;
  const start = (turn: Turn) => (reasoned.has(turn) ? setAsked(turn) : go.mutate({ turn }));
  return (
    <span className={styles.optionEnd}>
      {next && !reasoned.has(next) ? (
        <Button size="compact-sm" variant="default" onClick={() => start(next)} loading={go.isPending}>
          {t(`case:turn.${next}`)}
        </Button>
      ) : null}
      {others.length > 0 || (next && reasoned.has(next)) ? (
        <Menu>
          <Menu.Target>
            <Tooltip label={t('case:moreOfAppointment')}>
              <ActionIcon variant="default" size={26} aria-label={t('case:moreOfAppointment')}>
                <Icon name="more" size={16} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            {(next && reasoned.has(next) ? turns : others).map((turn) => (
              <Menu.Item key={turn} onClick={() => start(turn)}>
                {t(`case:turn.${turn}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {asked ? <TurnDrawer turn={asked} reward={appointment.reward} busy={go.isPending} onClose={() => setAsked(null)} onGo={(reason) => go.mutate({ turn: asked, reason })} /> : null}
    </span>
  );
}

function Appointment({ appointment }: { appointment: DispatchView }) {
  const { t } = useT();
  const word = useWord();
  const { day, window, instantFull } = useFormats();
  const technician = useTechnicianName(appointment.technician);
  const reasons = useSlotReasons(appointment.reasons);
  const { zone, start_at: from, end_at: until } = appointment;
  return (
    <li className={styles.option} data-chosen={stands(appointment.state) || undefined}>
      <span className={styles.rank} aria-hidden="true">
        <Icon name="calendar" size={14} />
      </span>
      <div className={styles.optionBody}>
        <div className={styles.optionHead}>
          <Tooltip label={t('common:when.both', { customer: instantFull(from, zone), viewer: instantFull(from) })} style={{ whiteSpace: 'pre-line' }}>
            <strong>
              {day(from, zone)}, {window(from, until, zone)}
            </strong>
          </Tooltip>
          <StatusBadge kind="appointment" state={appointment.state} />
          {appointment.reward ? <Reward amount={appointment.reward} /> : null}
        </div>
        <p className="dim small">
          {[technician, appointment.reason && !appointment.reason.includes('.') ? word('turnReason', appointment.reason) : '', t('case:siteTime', { zone })].filter(Boolean).join(' · ')}
        </p>
        {appointment.held_until ? <HeldNote until={appointment.held_until} /> : null}
      </div>
      <span className={styles.optionEnd}>
        {reasons.length > 0 ? <WhyPopover title={t('case:whyAppointment')} reasons={reasons} /> : null}
        {appointment.held_until ? <Held appointment={appointment} /> : stands(appointment.state) ? <Turns appointment={appointment} /> : null}
      </span>
    </li>
  );
}

const bookable = new Set(['ready', 'waiting']);

/** Appointments of the case, and the times that could be had where one is needed. */
export function Booking({ view }: { view: DeskCaseView }) {
  const { t } = useT();
  const may = useMay();
  const seen = may('appointment.read'); // a brand, say, is not told when somebody comes
  const query = useQuery({ ...appointmentsQuery(view.id), enabled: seen });
  const works = useQuery(workQuery(view.id)).data?.items ?? [];
  const [recording, setRecording] = useState(false);
  const appointments = query.data?.items ?? [];
  const standing = appointments.find(({ state }) => stands(state));
  const open = works.find((work) => work.kind === 'visit' && bookable.has(work.state));
  const visit = works.find((work) => work.kind === 'visit' && (standing ? work.id === standing.work_order : true));
  if (!seen || (appointments.length === 0 && !open)) return null;
  return (
    <Card
      title={t('case:section.booking')}
      aside={
        visit && standing && !standing.held_until && may('visit.write') ? (
          <Button size="compact-sm" variant="default" onClick={() => setRecording(true)} leftSection={<Icon name="wrench" size={14} />}>
            {t('case:visit.record')}
          </Button>
        ) : null
      }
    >
      <Panel query={query} none={t('case:none.booking')} failed={t('case:sectionFailed.booking')}>
        {({ items }) => (
          <ol className={styles.options}>
            {items.map((appointment) => (
              <Appointment key={appointment.id} appointment={appointment} />
            ))}
          </ol>
        )}
      </Panel>
      {open && !standing && may('offer.create') ? <SlotOffers caseId={view.id} workOrder={open.id} /> : null}
      {recording && visit && standing ? <RecordDrawer caseId={view.id} work={visit} appointment={standing} onClose={() => setRecording(false)} /> : null}
    </Card>
  );
}
