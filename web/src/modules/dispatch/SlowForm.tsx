import { ActionIcon, Button, NativeSelect, NumberInput, Popover } from '@mantine/core';
import { useState } from 'react';
import { useCommand } from '../../lib/command';
import { useNow } from '../../lib/now';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Form, FormEnd } from '../../ui/Form';
import { Icon } from '../../ui/icons';
import { HOUR } from './clock';
import { DayTime, instantOf, momentAt, upTo } from './DayTime';
import { type Hindrance, hindrances, slowRoads } from './events';

const PERCENT = 40;
const MOST = 900;

/** Says that something slows the roads down from now on. */
export function SlowForm({ node, zone }: { node: string; zone: string }) {
  const { t } = useT();
  const may = useMay();
  const [opened, setOpened] = useState(false);
  if (!may('board.write')) return null;
  return (
    <Popover position="bottom-end" width={340} trapFocus returnFocus opened={opened} onChange={setOpened}>
      <Popover.Target>
        <ActionIcon variant="default" size={30} aria-label={t('board:slow.open')} title={t('board:slow.open')} onClick={() => setOpened(!opened)}>
          <Icon name="road" size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('board:slow.title')}>{opened ? <Ask node={node} zone={zone} onDone={() => setOpened(false)} /> : null}</Popover.Dropdown>
    </Popover>
  );
}

function Ask({ node, zone, onDone }: { node: string; zone: string; onDone: () => void }) {
  const { t } = useT();
  const word = useWord('board');
  const now = useNow();
  const [reason, setReason] = useState<Hindrance>('jam');
  const [percent, setPercent] = useState<number | ''>(PERCENT);
  const [until, setUntil] = useState(() => momentAt(upTo(now + 2 * HOUR, 30), zone));
  const [refused, setRefused] = useState(false);
  const say = useCommand({
    run: (at: number) => slowRoads(node, { until: new Date(at).toISOString(), percent: Number(percent), reason }),
    touches: [['board', node]],
    done: () => t('board:slow.said'),
    after: onDone,
  });
  const good = percent !== '' && percent >= 1 && percent <= MOST;
  const send = () => {
    const at = instantOf(until, zone);
    setRefused(!(at > now));
    if (at > now && good) say.mutate(at);
  };
  return (
    <Form label={t('board:slow.title')} onSubmit={send}>
      <div>
        <h2>{t('board:slow.title')}</h2>
        <p className="dim small">{t('board:slow.what')}</p>
      </div>
      <NativeSelect label={t('board:slow.why')} value={reason} onChange={(event) => setReason(event.currentTarget.value as Hindrance)} data={hindrances.map((value) => ({ value, label: word('hindrance', value) }))} />
      <NumberInput label={t('board:slow.percent')} min={1} max={MOST} value={percent} onChange={(value) => setPercent(value === '' ? '' : Math.round(Number(value)))} error={good ? undefined : t('board:slow.range')} />
      <DayTime label={t('board:slow.until')} value={until} onChange={setUntil} zone={zone} error={refused ? t('board:past') : undefined} />
      <FormEnd>
        <Button type="submit" loading={say.isPending}>
          {t('board:slow.go')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('common:cancel')}
        </Button>
      </FormEnd>
    </Form>
  );
}
