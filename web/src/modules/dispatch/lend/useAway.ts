import { useFormats } from '../../../lib/format';
import { useNodes } from '../../../lib/names';
import { useT } from '../../../lib/t';
import type { Busy, Lane } from '../model';

/** Time that goes to another node, in words: when, and to which, for those who may know; and in as few as a bar has room for. */
export function useAway(zone: string): (busy: Busy) => { text: string; short: string } {
  const { t } = useT();
  const { window } = useFormats();
  const nodes = useNodes();
  return ({ from, until, node }) => {
    const name = node ? nodes.get(node)?.name : undefined;
    const time = window(new Date(from), new Date(until), zone);
    return name ? { text: t('board:guest.at', { node: name, time }), short: name } : { text: t('board:guest.elsewhere', { time }), short: t('board:guest.away') };
  };
}

/** Whose a guest is, and what they cost here; nothing for the node's own. */
export function useGuest(): (lane: Lane) => { from: string; terms: string } | null {
  const { t } = useT();
  const { money } = useFormats();
  const nodes = useNodes();
  return ({ view: { home, crossing } }) => {
    if (!home) return null;
    const name = nodes.get(home)?.name;
    return {
      from: name ? t('board:guest.from', { node: name }) : t('board:guest.guest'),
      terms: crossing ? t('board:guest.price', { price: money(crossing) }) : t('board:guest.over'),
    };
  };
}
