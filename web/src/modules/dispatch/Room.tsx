import { ActionIcon, Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { DispatchBar, DispatchBoardView } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useKeys } from '../../lib/keys';
import { useNow } from '../../lib/now';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { movable } from '../../lib/turns';
import { SideDrawer } from '../../ui/Dialogs';
import { Icon } from '../../ui/icons';
import { EmptyState } from '../../ui/States';
import { useStateWord } from '../../ui/StatusBadge';
import { barAtRisk, type Need, narrow } from './attention';
import { Board } from './Board';
import { Details } from './Details';
import styles from './dispatch.module.css';
import { Lane } from './Lane';
import { MoveDialog } from './MoveDialog';
import { Tray } from './Tray';
import { inOrder, useNameOf } from './useDay';

/** The day: what nobody has, the board (a list where there is no room for it), and the visit that was picked. */
export function Room({ view, need, showAll }: { view: DispatchBoardView; need: Need | undefined; showAll: () => void }) {
  const { t } = useT();
  const may = useMay();
  const now = useNow();
  const { window } = useFormats();
  const stateWord = useStateWord();
  const wide = useMediaQuery('(min-width: 800px)', true, { getInitialValueInEffect: false });
  const nameOf = useNameOf(view);
  const [current, setCurrent] = useState<string>();
  const [open, setOpen] = useState<string>();
  const [moving, setMoving] = useState(false);
  const [said, setSaid] = useState('');
  const title = useRef<HTMLHeadingElement>(null);

  const shown = narrow(view, need, now);
  const lanes = inOrder(shown.technicians);
  const find = (id: string | undefined) => {
    const lane = view.technicians.find(({ appointments }) => appointments.some((bar) => bar.id === id));
    const bar = lane?.appointments.find((one) => one.id === id);
    return lane && bar ? { bar, technician: lane.technician } : null;
  };
  const picked = find(open);
  const subject = picked ?? find(current);
  const canMove = subject !== null && movable(subject.bar.state) && may('appointment.write') && may('board.write');
  useEffect(() => {
    if (open) title.current?.focus();
  }, [open]);
  useKeys(canMove ? { m: () => setMoving(true) } : {});

  const close = () => {
    const id = open;
    setOpen(undefined);
    if (id) document.getElementById(`bar-${id}`)?.focus();
  };
  const onCurrent = (bar: DispatchBar, byArrow: boolean) => {
    setCurrent(bar.id);
    if (byArrow) setSaid(`${nameOf(find(bar.id)?.technician ?? '')}, ${window(bar.service_start_at, bar.service_end_at, view.zone)}, ${stateWord('appointment', bar.state)}`);
  };
  const onEscape = (event: KeyboardEvent) => (event.key === 'Escape' ? close() : undefined);
  const details = picked ? <Details bar={picked.bar} who={nameOf(picked.technician)} zone={view.zone} risk={barAtRisk(picked.bar, now)} onMove={() => setMoving(true)} /> : null;

  return (
    <>
      <p role="status" className="hidden-visually" data-said>
        {said}
      </p>
      <div className={styles.room} data-details={(wide && picked !== null) || undefined}>
        <Tray open={shown.unassigned} filtered={need !== undefined} lanes={view.technicians} folds={!wide} />
        <section className={styles.main} aria-label={t('board:technicians')}>
          {view.technicians.length === 0 ? <EmptyState icon="users" why={t('board:nobody')} /> : null}
          {view.technicians.length > 0 && lanes.length === 0 ? (
            <EmptyState
              icon="filter"
              why={t('board:filterEmpty')}
              action={
                <Button variant="default" onClick={showAll}>
                  {t('board:showAll')}
                </Button>
              }
            />
          ) : null}
          {lanes.length > 0 && wide ? (
            <>
              <Board view={view} lanes={lanes} nameOf={nameOf} current={current} open={open} onCurrent={onCurrent} onOpen={(id) => (id === open ? close() : setOpen(id))} />
              <p id="board-keys" className="dim small">
                {t('board:keys')}
              </p>
            </>
          ) : null}
          {wide ? null : lanes.map((lane) => <Lane key={lane.technician} lane={lane} zone={view.zone} onOpen={setOpen} />)}
        </section>
        {wide && picked ? (
          // Escape closes what the close button closes.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
          <aside className={styles.aside} aria-label={t('board:details')} onKeyDown={onEscape}>
            <div className={styles.asideHead}>
              <h2 ref={title} tabIndex={-1}>
                {t('board:details')}
              </h2>
              <ActionIcon aria-label={t('common:close')} onClick={close}>
                <Icon name="close" />
              </ActionIcon>
            </div>
            {details}
          </aside>
        ) : null}
      </div>
      {!wide && picked && !moving ? (
        <SideDrawer open onClose={() => setOpen(undefined)} title={t('board:details')}>
          {details}
        </SideDrawer>
      ) : null}
      {moving && subject ? (
        <MoveDialog bar={subject.bar} technician={subject.technician} lanes={view.technicians} nameOf={nameOf} zone={view.zone} onClose={() => setMoving(false)} onMoved={setSaid} />
      ) : null}
    </>
  );
}
