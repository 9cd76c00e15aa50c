import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { PartsHeldView } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useNow } from '../../lib/now';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Form, FormEnd } from '../../ui/Form';
import { HOUR } from './clock';
import type { BarView } from './contract';
import { DayTime, instantOf, momentAt, upTo } from './DayTime';
import styles from './dispatch.module.css';
import { type Delay, delayParts, delays, partsInTime } from './events';
import { reservationsQuery } from './queries';

/** Whether somebody is still to begin with what is held. */
const waits = (state: string): boolean => ['pending', 'scheduled', 'dispatched', 'accepted', 'travelling'].includes(state);

/** That what is held for a visit comes later than was reckoned: as it was said, and to say it. */
export function LateParts({ bar, zone }: { bar: BarView; zone: string }) {
  const { t } = useT();
  const word = useWord('board');
  const may = useMay();
  const { instant } = useFormats();
  const { data } = useQuery(reservationsQuery(bar.case));
  const [asking, setAsking] = useState(false);
  const held = data?.items.find((item) => item.appointment === bar.id && item.state === 'held');
  const end = useCommand({ run: () => partsInTime(held?.id ?? '', held?.version ?? 0), touches: [['board'], ['case', bar.case], ['appointment']], done: () => t('board:late_parts.ended') });
  if (!held || !waits(bar.state)) return null;
  const { late } = held;
  const said = late ? t(late.expected_at ? 'board:late_parts.until' : 'board:late_parts.undated', { when: late.expected_at ? instant(late.expected_at, zone) : '', why: word('delay', late.reason) }) : '';
  if (asking) return <AskLate held={held} bar={bar} zone={zone} onDone={() => setAsking(false)} />;
  return (
    <>
      {late ? <p>{said}</p> : null}
      {may('reservation.write') ? (
        <div className={styles.turns}>
          {late ? (
            <Button size="compact-sm" variant="default" onClick={() => end.mutate(undefined)} disabled={end.isPending}>
              {t('board:late_parts.end')}
            </Button>
          ) : null}
          <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
            {t(late ? 'board:late_parts.again' : 'board:late_parts.say')}
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** Asks why, and when all of it is there. */
function AskLate({ held, bar, zone, onDone }: { held: PartsHeldView; bar: BarView; zone: string; onDone: () => void }) {
  const { t } = useT();
  const word = useWord('board');
  const now = useNow();
  const { late } = held;
  const [reason, setReason] = useState<Delay>(late?.reason ?? 'supplier');
  const [dated, setDated] = useState(!late || late.expected_at !== undefined);
  const [when, setWhen] = useState(() => momentAt(late?.expected_at ? Date.parse(late.expected_at) : upTo(Math.max(now, Date.parse(bar.start_at)) + HOUR, 60), zone));
  const [refused, setRefused] = useState(false);
  const say = useCommand({
    run: (at: number | undefined) => delayParts(held.id, held.version, reason, at === undefined ? undefined : new Date(at).toISOString()),
    touches: [['board'], ['case', bar.case], ['appointment']],
    done: () => t('board:late_parts.said'),
    after: onDone,
  });
  const send = () => {
    const at = instantOf(when, zone);
    if (!dated) return say.mutate(undefined);
    setRefused(!(at > now));
    if (at > now) say.mutate(at);
  };
  return (
    <Form label={t('board:late_parts.say')} onSubmit={send}>
      <NativeSelect label={t('board:late_parts.why')} value={reason} onChange={(event) => setReason(event.currentTarget.value as Delay)} data={delays.map((value) => ({ value, label: word('delay', value) }))} />
      <Checkbox label={t('board:late_parts.known')} checked={dated} onChange={(event) => setDated(event.currentTarget.checked)} />
      {dated ? <DayTime label={t('board:late_parts.when')} value={when} onChange={setWhen} zone={zone} error={refused ? t('board:past') : undefined} /> : null}
      <FormEnd>
        <Button type="submit" loading={say.isPending}>
          {t('board:late_parts.go')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('common:cancel')}
        </Button>
      </FormEnd>
    </Form>
  );
}
