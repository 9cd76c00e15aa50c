/** How many weeks can be looked ahead. */
export const spans = [2, 6, 12] as const;
export type Span = (typeof spans)[number];

/** What the page shows; it stands in the address, so that a view can be kept and shared. */
export interface CapacitySearch {
  node?: string | undefined;
  weeks?: Span | undefined;
  skill?: string | undefined;
}

/** Reads the address; what is not understood is left out. */
export function readCapacitySearch(search: Record<string, unknown>): CapacitySearch {
  const weeks = spans.find((span) => span === Number(search['weeks']));
  const { node, skill } = search;
  return {
    ...(typeof node === 'string' && /^node_\w{26}$/.test(node) ? { node } : {}),
    ...(weeks ? { weeks } : {}),
    ...(typeof skill === 'string' && skill !== '' && skill.length <= 64 ? { skill } : {}),
  };
}
