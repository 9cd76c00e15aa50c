export const periods = [7, 30, 90] as const;

export interface InsightSearch {
  days?: number | undefined;
  brand?: string | undefined;
  node?: string | undefined;
}

/** Reads the address; what is not understood is left out. */
export function readInsightSearch(search: Record<string, unknown>): InsightSearch {
  const days = periods.find((period) => period === Number(search['days']));
  const { brand, node } = search;
  return {
    ...(days ? { days } : {}),
    ...(typeof brand === 'string' && brand.startsWith('brd_') ? { brand } : {}),
    ...(typeof node === 'string' && node.startsWith('node_') ? { node } : {}),
  };
}

/** So many days before now, at the full hour: asked again within the hour, it is the same question. */
export function since(days: number, now: Date): string {
  const HOUR = 3_600_000;
  return new Date(Math.floor(now.getTime() / HOUR) * HOUR - days * 24 * HOUR).toISOString();
}
