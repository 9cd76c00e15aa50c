/** Where a statement is on its way, in the words of who works on it: several states may be one stage. */
export const stages = ['open', 'closed', 'sent', 'disputed', 'agreed', 'due', 'paid'] as const;
export type Stage = (typeof stages)[number];

/** What the list is narrowed to; it stands in the address, so that a view can be kept and shared. */
export interface StatementSearch {
  stage?: Stage | undefined;
  brand?: string | undefined;
  partner?: string | undefined;
  /** A month "2026-10" or a year "2026". */
  period?: string | undefined;
}

const fits = (value: unknown, shape: RegExp): string | undefined => (typeof value === 'string' || typeof value === 'number' ? shape.exec(String(value))?.[0] : undefined);

/** Reads the address; what is not understood is left out. */
export function readStatementSearch(search: Record<string, unknown>): StatementSearch {
  const stage = stages.find((known) => known === search['stage']);
  const brand = fits(search['brand'], /^brd_\w{26}$/);
  const partner = fits(search['partner'], /^ptn_\w{26}$/);
  const period = fits(search['period'], /^20\d\d(-(0[1-9]|1[0-2]))?$/);
  return { ...(stage ? { stage } : {}), ...(brand ? { brand } : partner ? { partner } : {}), ...(period ? { period } : {}) };
}
