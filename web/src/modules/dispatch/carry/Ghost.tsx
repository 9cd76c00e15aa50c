import { useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import type { BoardModel } from '../model';
import { xAt } from '../board/axis';
import type { Carry, Hold, Place } from './Carry';
import { pointOf } from './cells';
import styles from './carry.module.css';
import { Consequences } from './Consequences';
import { useConsequences } from './useConsequences';
import { useTry } from './useTry';

interface Props {
  carry: Carry;
  model: BoardModel;
  nameOf: (technician: string) => string;
}

/** Takes part only while something is carried. */
export function Ghost({ carry, model, nameOf }: Props) {
  const hold = useSyncExternalStore(carry.subscribe, carry.held);
  return hold ? <Shown hold={hold} carry={carry} model={model} nameOf={nameOf} /> : null;
}

const CARD = { width: 300, height: 240 };

/** Lays the ghost over its cell; below and behind it is the card, or above and before it where there is no room. */
function layOut(layer: HTMLElement, ground: Place, hold: Hold): void {
  const { cell, cargo } = hold;
  const point = cell ? pointOf(ground, cell) : null;
  layer.hidden = !point || !cell;
  if (!point || !cell) return;
  const { port, who, head, axis } = ground;
  const box = port.getBoundingClientRect();
  const x = box.left + who + point.x - port.scrollLeft;
  const y = box.top + head + point.y - port.scrollTop + 5;
  layer.style.transform = `translate3d(${Math.round(x)}px, ${Math.round(y)}px, 0)`;
  layer.style.setProperty('--length', `${Math.max(64, xAt(axis, cell.at + cargo.length) - xAt(axis, cell.at))}px`);
  const card = layer.querySelector<HTMLElement>('[data-card]');
  card?.toggleAttribute('data-above', y + 40 + CARD.height > innerHeight);
  card?.toggleAttribute('data-before', x + CARD.width > innerWidth);
}

function Shown({ hold, carry, model, nameOf }: Props & { hold: Hold }) {
  const { t } = useT();
  const { window } = useFormats();
  const layer = useRef<HTMLDivElement>(null);
  const { cargo, cell, by } = hold;
  const { tried, asking, failed } = useTry(model.view.node, cargo, cell);
  const linesOf = useConsequences(model, nameOf);
  const lines = cell && tried ? linesOf(cargo, cell, tried) : [];

  useLayoutEffect(() => {
    const { ground } = carry;
    const element = layer.current;
    if (!ground || !element) return;
    const place = () => layOut(element, ground, hold);
    place();
    ground.port.addEventListener('scroll', place, { passive: true });
    return () => ground.port.removeEventListener('scroll', place);
  });
  // By keys the board follows the ghost; by pointer it scrolls at its edges.
  useLayoutEffect(() => {
    if (by === 'keys' && cell) carry.showCell(cell);
  }, [carry, by, cell]);

  const when = cell ? window(new Date(cell.at), new Date(cell.at + cargo.length), model.view.zone) : '';
  const where = cell ? `${nameOf(cell.technician)} · ${when}` : t('board:carry.beside');
  return (
    <>
      <div ref={layer} className={styles.layer} data-ghost aria-hidden="true">
        <div className={styles.ghost} data-verdict={tried ? (tried.fits ? 'good' : 'bad') : undefined} style={{ inlineSize: 'var(--length)' }}>
          <strong>{when.slice(0, 5)}</strong>
        </div>
        <div className={styles.card} data-card>
          <h3>
            {cargo.reference} · {where}
          </h3>
          <Consequences lines={lines} asking={asking} failed={failed} />
          <p className={styles.foot}>{tried?.hard && !tried.fits ? t('board:carry.hard') : t(by === 'keys' ? 'board:carry.keys' : 'board:carry.pointer')}</p>
        </div>
      </div>
      <p role="status" className="hidden-visually" data-carrying-said>
        {cargo.reference}, {where}. {lines.map(({ text }) => text).join(' ')}
      </p>
    </>
  );
}
