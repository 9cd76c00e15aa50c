export const queueStates = ['active', 'new', 'open', 'waiting', 'resolved', 'over'] as const;
export type QueueState = (typeof queueStates)[number];

/** What the queue shows; it stands in the address, so that a view can be kept and shared. */
export interface QueueSearch {
  state?: QueueState;
  brand?: string;
  country?: string;
  priority?: number;
  unrouted?: boolean;
  /** A reference to look up. */
  q?: string;
  /** Hidden columns. */
  hide?: string[];
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Reads the address; what is not understood is left out. */
export function readQueueSearch(search: Record<string, unknown>): QueueSearch {
  const found: QueueSearch = {};
  const state = queueStates.find((known) => known === search['state']);
  if (state) found.state = state;
  const brand = text(search['brand']);
  if (brand) found.brand = brand;
  const country = text(search['country']);
  if (country && /^[A-Z]{2}$/.test(country)) found.country = country;
  const priority = Number(search['priority']);
  if (priority >= 1 && priority <= 4) found.priority = priority;
  if (search['unrouted']) found.unrouted = true;
  const q = text(search['q']) ?? (typeof search['q'] === 'number' ? String(search['q']) : undefined);
  if (q) found.q = q;
  if (Array.isArray(search['hide'])) found.hide = search['hide'].filter((id) => typeof id === 'string');
  return found;
}
