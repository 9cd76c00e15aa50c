import { queryOptions } from '@tanstack/react-query';
import { api, body, type SettlementPaying, type SettlementStatement, type SettlementTakingBack } from '../../api/client';
import { pagesOf } from '../../lib/pages';
import { daysOf } from './period';
import type { Stage, StatementSearch } from './search';

/** The states of each stage. */
const statesOf = {
  open: ['open'],
  closed: ['closed'],
  sent: ['sent'],
  disputed: ['disputed', 'corrected'],
  agreed: ['agreed'],
  due: ['invoiced', 'part_paid'],
  paid: ['paid'],
} as const satisfies Record<Stage, readonly SettlementStatement['state'][]>;

const narrowed = ({ stage, brand, partner, period }: StatementSearch) => ({
  ...(stage ? { state: [...statesOf[stage]] } : {}),
  ...(brand ? { brand } : {}),
  ...(partner ? { partner } : {}),
  ...(period ? daysOf(period) : {}),
});

export const statementsQuery = (search: StatementSearch) =>
  pagesOf(['statements', search], (cursor, signal) => body(api.GET('/v1/statements', { params: { query: { ...narrowed(search), cursor, limit: 50 } }, signal })));

/** Where the list as it is narrowed can be had as a table. */
export function tableOf(search: StatementSearch): string {
  const query = new URLSearchParams(Object.entries(narrowed(search)).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
  return query.size > 0 ? `/v1/statements.csv?${query}` : '/v1/statements.csv';
}

export const linesTableOf = (id: string): string => `/v1/statements/${id}/lines.csv`;

export const linesQuery = (id: string) =>
  pagesOf(['statements', id, 'lines'], (cursor, signal) => body(api.GET('/v1/statements/{id}/lines', { params: { path: { id }, query: { cursor, limit: 100 } }, signal })));

const paths = {
  close: '/v1/statements/{id}/close',
  send: '/v1/statements/{id}/send',
  agree: '/v1/statements/{id}/agree',
  dispute: '/v1/statements/{id}/dispute',
  correct: '/v1/statements/{id}/correct',
  invoice: '/v1/statements/{id}/invoice',
  pay: '/v1/statements/{id}/pay',
} as const;
export type StatementMove = keyof typeof paths;

export const moveStatement = (id: string, move: StatementMove) => body(api.POST(paths[move], { params: { path: { id } } }));

export const paymentsQuery = (id: string) =>
  queryOptions({ queryKey: ['statements', id, 'payments'], queryFn: ({ signal }) => body(api.GET('/v1/statements/{id}/payments', { params: { path: { id } }, signal })) });

export const payPart = (id: string, part: SettlementPaying) => body(api.POST('/v1/statements/{id}/pay-part', { params: { path: { id } }, body: part }));

export const takeBack = (id: string, seq: number, reason: SettlementTakingBack['reason']) =>
  body(api.POST('/v1/statements/{id}/payments/{seq}/reverse', { params: { path: { id, seq } }, body: { reason } }));

/** Whether a part of the statement can be paid by this user. */
export const payable = (state: string, may: (action: string) => boolean): boolean => (state === 'invoiced' || state === 'part_paid') && may('statement.write');

const next: Record<string, StatementMove[]> = {
  open: ['close'],
  closed: ['send'],
  sent: ['agree', 'dispute'],
  disputed: ['correct', 'agree'],
  corrected: ['agree', 'dispute'],
  agreed: ['invoice'],
  invoiced: ['pay'],
  part_paid: ['pay'],
};

/** What one must be allowed to do for each move. */
const needs: Record<StatementMove, string> = {
  close: 'statement.write',
  send: 'statement.write',
  agree: 'statement.agree',
  dispute: 'statement.dispute',
  correct: 'statement.write',
  invoice: 'statement.write',
  pay: 'statement.write',
};

/** The moves that the statement allows to this user; the first is the next step. A month is closed when it is over. */
export const movesOf = ({ state, until_on }: Pick<SettlementStatement, 'state' | 'until_on'>, may: (action: string) => boolean, today: string): StatementMove[] =>
  (next[state] ?? []).filter((move) => may(needs[move]) && (move !== 'close' || until_on <= today));
