import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { DispatchBar, DispatchLane } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useNow } from '../../lib/now';
import { useT } from '../../lib/t';
import { Dialog } from '../../ui/Dialogs';
import { Form, FormEnd, Pair } from '../../ui/Form';
import { ErrorState } from '../../ui/States';
import { dayAt, windowsOf } from './layout';
import { moveVisit } from './queries';

interface Props {
  bar: DispatchBar;
  technician: string;
  lanes: DispatchLane[];
  nameOf: (technician: string) => string;
  zone: string;
  onClose: () => void;
  onMoved: (said: string) => void;
}

/** Another window or another technician for a visit that stands: the same as to drag its bar would be. */
export function MoveDialog({ bar, technician, lanes, nameOf, zone, onClose, onMoved }: Props) {
  const { t } = useT();
  const { window, day: dayWord } = useFormats();
  const now = useNow();
  const [who, setWho] = useState(technician);
  const [day, setDay] = useState(dayAt(Date.parse(bar.start_at), zone));
  const [start, setStart] = useState(Date.parse(bar.start_at));
  const today = dayAt(now, zone);
  const windows = windowsOf(day, zone, now);
  const chosen = windows.find(({ from }) => from === start) ?? windows[0];
  const move = useCommand({
    shown: true,
    run: (from: number) => moveVisit(bar, new Date(from).toISOString(), who),
    touches: [['board'], ['case', bar.case], ['cases']],
    done: (_, from) => t('board:move.done', { who: nameOf(who), when: `${dayWord(new Date(from), zone)}, ${window(new Date(from), new Date(from + 2 * 3_600_000), zone)}` }),
    after: (_, from) => {
      onMoved(t('board:move.done', { who: nameOf(who), when: window(new Date(from), new Date(from + 2 * 3_600_000), zone) }));
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} title={t('board:move.title')}>
      <Form label={t('board:move.title')} onSubmit={() => (chosen ? move.mutate(chosen.from) : undefined)}>
        <NativeSelect
          label={t('board:move.technician')}
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
          data={lanes.filter((lane) => lane.standing === 'active' || lane.technician === technician).map((lane) => ({ value: lane.technician, label: nameOf(lane.technician) }))}
        />
        <Pair>
          <TextInput label={t('board:day')} type="date" min={today} value={day} onChange={(event) => setDay(event.currentTarget.value || today)} />
          <NativeSelect
            label={t('board:move.window')}
            value={String(chosen?.from ?? '')}
            onChange={(event) => setStart(Number(event.currentTarget.value))}
            disabled={windows.length === 0}
            error={windows.length === 0 ? t('board:move.none') : undefined}
            data={windows.map(({ from, until }) => ({ value: String(from), label: window(new Date(from), new Date(until), zone) }))}
          />
        </Pair>
        <p className="dim small">
          {t('board:zone', { zone })} · {t('board:move.hint')}
        </p>
        {move.error ? <ErrorState what={t('board:move.failed')} error={move.error} /> : null}
        <FormEnd>
          <Button type="submit" loading={move.isPending} disabled={!chosen}>
            {t('board:move.go')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
        </FormEnd>
      </Form>
    </Dialog>
  );
}
