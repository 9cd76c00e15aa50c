import { queryOptions } from '@tanstack/react-query';
import { api, body, type SettlementPaying } from '../../api/client';
import { pagesOf } from '../../lib/pages';

export const statementsQuery = pagesOf(['statements'], (cursor, signal) => body(api.GET('/v1/statements', { params: { query: { cursor, limit: 50 } }, signal })));

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

/** The moves that a statement in this state allows to this user; the first is the next step. */
export const movesOf = (state: string, may: (action: string) => boolean): StatementMove[] => (next[state] ?? []).filter((move) => may(needs[move]));
