import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useFormats } from '../../../lib/format';
import { useNow } from '../../../lib/now';
import { useT } from '../../../lib/t';
import { Dialog } from '../../../ui/Dialogs';
import { Form, FormEnd, Pair } from '../../../ui/Form';
import { dayAt, QUARTER, WINDOW, windowsOf } from '../clock';
import type { Tried } from '../contract';
import type { BoardModel, Lane } from '../model';
import styles from './carry.module.css';
import type { Cargo, Cell } from './cells';
import { Consequences } from './Consequences';
import { firstOf } from './first';
import { useConsequences } from './useConsequences';
import { useTry } from './useTry';

interface Props {
  cargo: Cargo;
  /** Where it is asked from; absent: where it is, or where the day begins. */
  at?: Cell | undefined;
  model: BoardModel;
  nameOf: (technician: string) => string;
  onClose: () => void;
  onPlace: (cell: Cell, tried: Tried | undefined) => Promise<boolean>;
}

/** What is chosen: a window that may be promised. A visit that stays in its window keeps the time that it has in it. */
function useChoice(cargo: Cargo, at: Cell | undefined, model: BoardModel, staff: Lane[]) {
  const now = useNow();
  const { zone } = model.view;
  const today = dayAt(now, zone);
  const [first] = useState(() => firstOf(model, staff, now));
  const [who, setWho] = useState(at?.technician ?? cargo.from?.technician ?? first.technician);
  const [day, setDay] = useState(dayAt(at?.at ?? cargo.promised?.from ?? first.at, zone));
  const [start, setStart] = useState(at ? Math.floor(at.at / QUARTER) * QUARTER : (cargo.promised?.from ?? first.at));
  const offered = windowsOf(day, zone, now);
  const own = cargo.promised && dayAt(cargo.promised.from, zone) === day && !offered.some(({ from }) => from === cargo.promised?.from) ? [cargo.promised] : [];
  const windows = [...own, ...offered].toSorted((a, b) => a.from - b.from);
  const chosen = windows.find(({ from }) => from === start) ?? windows.find(({ from }) => from >= start) ?? windows[0];
  const kept = chosen && cargo.from && chosen.from === cargo.promised?.from;
  const cell: Cell | null = chosen ? { technician: who, at: kept && cargo.from ? cargo.from.at : chosen.from } : null;
  return { who, setWho, day, setDay, setStart, windows, chosen, cell, today };
}

/** Another window or another technician for a visit, or the first for one that nobody has: the same as to drag it would be, with the same consequences. */
export function PlaceDialog({ cargo, at, model, nameOf, onClose, onPlace }: Props) {
  const { t } = useT();
  const { window } = useFormats();
  const { zone, node } = model.view;
  const staff = model.lanes.filter(({ view, id }) => view.standing === 'active' || id === cargo.from?.technician);
  const choice = useChoice(cargo, at, model, staff);
  const [busy, setBusy] = useState(false);
  const { tried, asking, failed } = useTry(node, cargo, choice.cell);
  const linesOf = useConsequences(model, nameOf);
  const place = async () => {
    if (!choice.cell) return;
    setBusy(true);
    if (await onPlace(choice.cell, tried ?? undefined)) onClose();
    else setBusy(false);
  };
  const title = t(cargo.kind === 'job' ? 'board:place.title' : 'board:move.title');
  return (
    <Dialog open onClose={onClose} title={title}>
      <Form label={title} onSubmit={() => void place()}>
        <NativeSelect label={t('board:move.technician')} value={choice.who} onChange={(event) => choice.setWho(event.currentTarget.value)} data={staff.map(({ id }) => ({ value: id, label: nameOf(id) }))} />
        <Pair>
          <TextInput label={t('board:day')} type="date" min={choice.today} value={choice.day} onChange={(event) => choice.setDay(event.currentTarget.value || choice.today)} />
          <NativeSelect
            label={t('board:move.window')}
            value={String(choice.chosen?.from ?? '')}
            onChange={(event) => choice.setStart(Number(event.currentTarget.value))}
            error={choice.windows.length === 0 ? t('board:move.none') : undefined}
            data={choice.windows.map(({ from }) => ({ value: String(from), label: window(new Date(from), new Date(from + WINDOW), zone) }))}
          />
        </Pair>
        <div className={styles.box} role="status" aria-label={t('board:try.title')}>
          <Consequences lines={tried && choice.cell ? linesOf(cargo, choice.cell, tried) : []} asking={asking} failed={failed} />
        </div>
        <p className="dim small">
          {t('board:zone', { zone })}
          {cargo.kind === 'visit' ? ` · ${t('board:move.hint')}` : ''}
        </p>
        <FormEnd>
          <Button type="submit" loading={busy} disabled={!choice.cell || (tried?.hard ?? false)}>
            {t(cargo.kind === 'job' ? 'board:place.go' : 'board:move.go')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
        </FormEnd>
      </Form>
    </Dialog>
  );
}
