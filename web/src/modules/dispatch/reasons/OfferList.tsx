import { Button } from '@mantine/core';
import { useFormats } from '../../../lib/format';
import type { Cell } from '../carry/cells';
import type { Tried } from '../contract';
import styles from '../dispatch.module.css';
import { useDifference } from './Others';

const SHOWN = 3;

interface Props {
  /** The cheapest first. */
  fits: Tried[];
  nameOf: (technician: string) => string;
  zone: string;
  /** What the button says. */
  go: string;
  place: ((cell: Cell, tried: Tried) => void) | undefined;
}

/** Places for a visit, each a click away. */
export function OfferList({ fits, nameOf, zone, go, place }: Props) {
  const { window } = useFormats();
  const difference = useDifference();
  return (
    <ul>
      {fits.slice(0, SHOWN).flatMap((tried) => {
        const { slot } = tried;
        if (!slot) return [];
        return (
          <li key={tried.technician} className={styles.offer}>
            <span>
              <strong>{nameOf(tried.technician)}</strong> {window(slot.start_at, slot.end_at, zone)}
              <span className="dim small">{difference(tried)}</span>
            </span>
            {place ? (
              <Button size="compact-sm" variant="default" onClick={() => place({ technician: tried.technician, at: Date.parse(slot.start_at) }, tried)}>
                {go}
                <span className="hidden-visually"> {nameOf(tried.technician)}</span>
              </Button>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
