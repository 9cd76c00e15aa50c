import { useMemo } from 'react';
import { useMay } from '../lib/session';
import { type Key, useT } from '../lib/t';
import type { IconName } from '../ui/icons';
import type { NavGroup } from '../ui/shell/Nav';

interface Place {
  to: string;
  label: Key;
  icon: IconName;
  letter?: string;
  /** What one must be allowed to do to see it. */
  action: string;
}

/** Every place of the desk, by group. What a user may not see is not shown to them. */
const places: { label: Key; items: Place[] }[] = [
  {
    label: 'shell:group.work',
    items: [
      { to: '/cases', label: 'shell:place.cases', icon: 'inbox', letter: 'c', action: 'case.read' },
      { to: '/dispatch', label: 'shell:place.dispatch', icon: 'board', letter: 'd', action: 'board.read' },
      { to: '/orders', label: 'shell:place.orders', icon: 'file', letter: 'o', action: 'order.read' },
    ],
  },
  {
    label: 'shell:group.money',
    items: [{ to: '/statements', label: 'shell:place.statements', icon: 'statement', letter: 's', action: 'statement.read' }],
  },
  {
    label: 'shell:group.insight',
    items: [
      { to: '/insight', label: 'shell:place.insight', icon: 'chart', letter: 'k', action: 'report.read' },
      { to: '/capacity', label: 'shell:place.capacity', icon: 'calendar', action: 'capacity.read' },
    ],
  },
  {
    label: 'shell:group.setup',
    items: [
      { to: '/users', label: 'shell:place.users', icon: 'users', action: 'user.read' },
      { to: '/mail', label: 'shell:place.mail', icon: 'mail', action: 'mail.read' },
      { to: '/dead-letters', label: 'shell:place.deadLetters', icon: 'alert', action: 'deadletter.read' },
    ],
  },
];

export function useNav(): NavGroup[] {
  const { t } = useT();
  const may = useMay();
  return useMemo(
    () =>
      places
        .map((group) => ({ label: t(group.label), items: group.items.filter(({ action }) => may(action)).map((item) => ({ ...item, label: t(item.label) })) }))
        .filter(({ items }) => items.length > 0),
    [t, may],
  );
}
