import { Button } from '@mantine/core';
import { useState } from 'react';
import type { DispatchBlock, DispatchOffer, DispatchOffers } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useFormats } from '../../../lib/format';
import { useTechnicianName } from '../../../lib/names';
import { useMay } from '../../../lib/session';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Icon } from '../../../ui/icons';
import { Reward } from '../../../ui/Reward';
import { useSlotReasons } from '../../../ui/slotReasons';
import { ErrorState, Note } from '../../../ui/States';
import { WhyPopover } from '../../../ui/WhyPopover';
import styles from '../cases.module.css';
import { bookOffer, holdOffer, offerSlots } from '../queries';

/** How many technicians each rule keeps from the visit. */
export function countRules(blocks: DispatchBlock[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { rule } of blocks) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]);
}

interface SlotProps {
  offer: DispatchOffer;
  zone: string;
  take?: (() => void) | undefined;
  hold?: (() => void) | undefined;
  busy: boolean;
}

function Slot({ offer, zone, take, hold, busy }: SlotProps) {
  const { t } = useT();
  const { day, window } = useFormats();
  const technician = useTechnicianName(offer.technician);
  const reasons = useSlotReasons(offer.reasons, true);
  const when = `${day(offer.start_at, zone)}, ${window(offer.start_at, offer.end_at, zone)}`;
  return (
    <li className={styles.slot}>
      <div>
        <strong>{when}</strong>
        <p className={styles.slotWho}>
          {technician ? <span className="dim small">{technician}</span> : null}
          {offer.reward ? <Reward amount={offer.reward} /> : null}
        </p>
      </div>
      <span className={styles.optionEnd}>
        <WhyPopover title={when} reasons={reasons} />
        {hold ? (
          <Button size="compact-sm" variant="subtle" onClick={hold} disabled={busy} aria-label={t('slot:holdOne', { when })}>
            {t('slot:hold')}
          </Button>
        ) : null}
        {take ? (
          <Button size="compact-sm" variant="default" onClick={take} disabled={busy} aria-label={t('slot:takeOne', { when })}>
            {t('slot:take')}
          </Button>
        ) : null}
      </span>
    </li>
  );
}

function Blocked({ blocks }: { blocks: DispatchBlock[] }) {
  const { t } = useT();
  const word = useWord();
  return (
    <Note tone="warn" icon="calendar">
      <strong>{t('slot:none')}</strong>
      <ul>
        {countRules(blocks).map(([rule, count]) => (
          <li key={rule}>{t('slot:blocked', { count, rule: word('block', rule) })}</li>
        ))}
      </ul>
    </Note>
  );
}

/** Times that can be kept: asked for, then taken. Taking one books the technician and reserves the parts. */
export function SlotOffers({ caseId, workOrder }: { caseId: string; workOrder: string }) {
  const { t } = useT();
  const { time } = useFormats();
  const may = useMay();
  const [offers, setOffers] = useState<DispatchOffers | null>(null);
  const ask = useCommand({ shown: true, run: () => offerSlots(workOrder), touches: [], after: (found) => setOffers(found) });
  const book = useCommand({
    run: (offer: string) => bookOffer(workOrder, offer),
    touches: [['case', caseId], ['cases'], ['board']],
    done: () => t('slot:booked'),
    after: () => setOffers(null),
  });
  const hold = useCommand({
    run: (offer: string) => holdOffer(workOrder, offer),
    touches: [['case', caseId], ['board']],
    done: ({ held_until }) => (held_until ? t('slot:heldUntil', { time: time(held_until) }) : undefined),
    after: () => setOffers(null),
  });
  const busy = book.isPending || hold.isPending;
  const takes = may('offer.accept');
  return (
    <div className={styles.slots} id="booking">
      {offers ? null : (
        <Button variant="default" onClick={() => ask.mutate(undefined)} loading={ask.isPending} leftSection={<Icon name="calendar" size={16} />}>
          {t('slot:ask')}
        </Button>
      )}
      {ask.error ? <ErrorState what={t('slot:failed')} error={ask.error} /> : null}
      {offers && offers.offers.length > 0 ? (
        <>
          <p className="dim small">{t('case:siteTime', { zone: offers.zone })}</p>
          <ul className={styles.slotList}>
            {offers.offers.map((offer) => (
              <Slot
                key={offer.id}
                offer={offer}
                zone={offers.zone}
                busy={busy}
                take={takes ? () => book.mutate(offer.id) : undefined}
                hold={takes ? () => hold.mutate(offer.id) : undefined}
              />
            ))}
          </ul>
        </>
      ) : null}
      {offers && offers.offers.length === 0 ? <Blocked blocks={offers.why ?? []} /> : null}
    </div>
  );
}
