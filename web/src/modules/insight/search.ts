export const periods = [7, 30, 90] as const;
export type Period = (typeof periods)[number];

/** What the figures are cut by, in the order in which it is shown. */
export const dimensions = ['brand', 'node', 'country', 'mode', 'outcome', 'symptom', 'work_type'] as const;
export type Dimension = (typeof dimensions)[number];

/** What the page shows; it stands in the address, so that a view can be kept and shared. */
export interface InsightSearch {
  days?: Period | undefined;
  brand?: string | undefined;
  node?: string | undefined;
  /** What the table at the end is cut by. */
  by?: Dimension | undefined;
}

/** Reads the address; what is not understood is left out. */
export function readInsightSearch(search: Record<string, unknown>): InsightSearch {
  const days = periods.find((period) => period === Number(search['days']));
  const by = dimensions.find((known) => known === search['by']);
  const { brand, node } = search;
  return {
    ...(days ? { days } : {}),
    ...(typeof brand === 'string' && /^brd_\w{26}$/.test(brand) ? { brand } : {}),
    ...(typeof node === 'string' && /^node_\w{26}$/.test(node) ? { node } : {}),
    ...(by ? { by } : {}),
  };
}

/** The first instant of the period: so many days of the user's calendar, today among them. */
export function since(days: number, now: Date): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - (days - 1)).toISOString();
}
