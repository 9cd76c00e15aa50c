import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { useSlotReasons } from '../../../ui/slotReasons';
import { StatusBadge } from '../../../ui/StatusBadge';
import styles from '../dispatch.module.css';
import { useHot } from '../hot';
import type { BoardModel, Visit } from '../model';
import { appointmentQuery } from '../queries';

/** Whoever rests on a bar so long wants to know more. */
const REST_MS = 550;
const WIDTH = 300;

/** What is pointed at, once it has been for a while; nothing after Escape, or while something is carried. */
function useRested(id: string | undefined): string | undefined {
  const [rested, setRested] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setRested(id), id ? REST_MS : 0);
    const away = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key !== 'Escape') return;
      clearTimeout(timer);
      setRested(undefined);
    };
    const events = ['keydown', 'pointerdown', 'wheel'] as const;
    for (const event of events) addEventListener(event, away, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      for (const event of events) removeEventListener(event, away, { capture: true });
    };
  }, [id]);
  return rested === id ? rested : undefined;
}

function Card({ visit, nameOf, zone }: { visit: Visit; nameOf: (technician: string) => string; zone: string }) {
  const { t } = useT();
  const { window } = useFormats();
  const card = useRef<HTMLDivElement>(null);
  const { bar } = visit;
  const { data } = useQuery(appointmentQuery(bar.id, bar.version));
  const reasons = useSlotReasons(data?.reasons);
  useLayoutEffect(() => {
    const element = card.current;
    const box = document.getElementById(`bar-${bar.id}`)?.getBoundingClientRect();
    if (!element || !box) return;
    const below = box.bottom + 6 + element.offsetHeight < innerHeight;
    const y = below ? box.bottom + 6 : box.top - 6 - element.offsetHeight;
    element.style.transform = `translate(${Math.round(Math.min(Math.max(8, box.left), innerWidth - WIDTH - 8))}px, ${Math.round(y)}px)`;
  });
  return (
    <div ref={card} role="tooltip" className={styles.peek} data-peek style={{ inlineSize: WIDTH }}>
      <strong>
        {bar.reference} · {nameOf(visit.technician)}
      </strong>
      <StatusBadge kind="appointment" state={bar.state} />
      <p>
        {window(bar.service_start_at, bar.service_end_at, zone)} · {t('board:promised', { window: window(bar.start_at, bar.end_at, zone) })}
      </p>
      {reasons.length > 0 ? (
        <ul>
          {reasons.map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** What a visit costs and why it is where it is, beside its bar, for who rests on it; the details tell more. */
export function Peek({ model, nameOf, open }: { model: BoardModel; nameOf: (technician: string) => string; open: string | undefined }) {
  const rested = useRested(useHot());
  const visit = rested && rested !== open ? model.visit.get(rested) : undefined;
  return visit ? <Card key={visit.id} visit={visit} nameOf={nameOf} zone={model.view.zone} /> : null;
}
