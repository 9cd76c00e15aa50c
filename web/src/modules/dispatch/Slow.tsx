import { Button } from '@mantine/core';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useNow } from '../../lib/now';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Icon } from '../../ui/icons';
import { HOUR, MINUTE } from './clock';
import type { BoardView } from './contract';
import styles from './slow.module.css';
import { freeRoads } from './events';

/** What slows the roads of the node down, each with how to take it back. */
export function Slow({ view: { slowdowns, node, zone } }: { view: BoardView }) {
  const { t } = useT();
  const word = useWord('board');
  const may = useMay();
  const now = useNow();
  const { instant, time } = useFormats();
  const free = useCommand({ run: (id: string) => freeRoads(node, id), touches: [['board', node]], done: () => t('board:slow.ended') });
  if (slowdowns.length === 0) return null;
  const soon = (at: string) => (Math.abs(Date.parse(at) - now) < 12 * HOUR ? time(at, zone) : instant(at, zone));
  return (
    <ul className={styles.slow} aria-label={t('board:slow.title')}>
      {slowdowns.map(({ id, from, until, percent, reason }) => (
        <li key={id}>
          <Icon name="alert" size={16} />
          <span>
            {Date.parse(from) > now + MINUTE // what has just been said has begun
              ? t('board:slow.later', { why: word('hindrance', reason), from: soon(from), until: soon(until), percent })
              : t('board:slow.now', { why: word('hindrance', reason), until: soon(until), percent })}
          </span>
          {may('board.write') ? (
            <Button size="compact-sm" variant="default" onClick={() => free.mutate(id)} disabled={free.isPending}>
              {t('board:slow.end')}
              <span className="hidden-visually"> {word('hindrance', reason)}</span>
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
