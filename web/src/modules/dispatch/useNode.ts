import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { DispatchDemand } from '../../api/client';
import { boardsQuery } from './queries';
import type { BoardSearch } from './search';

type Choice = { value: string };

/** The node that needs somebody most, of those that can be chosen; the first of them where none does. The boards come in this order. */
export const neediest = (boards: Pick<DispatchDemand, 'node'>[], nodes: Choice[]): string =>
  boards.find(({ node }) => nodes.some(({ value }) => value === node))?.node ?? nodes[0]?.value ?? '';

/**
 * The node whose day is shown. What the address names stands; without it the one is taken that needs somebody most, and
 * stands in the address from then on, so that the page does not leave it while somebody works.
 */
export function useNode(search: BoardSearch, nodes: Choice[]): { node: string; choosing: boolean } {
  const navigate = useNavigate();
  const asked = !search.node && nodes.length > 1;
  const { data, isFetching } = useQuery({ ...boardsQuery, enabled: asked });
  const choosing = asked && isFetching;
  const node = search.node ?? (choosing ? '' : neediest(data?.items ?? [], nodes));
  const chosen = !search.node && node !== '';
  useEffect(() => {
    if (chosen) void navigate({ to: '/dispatch', search: { ...search, node }, replace: true });
  }, [chosen, navigate, node, search]);
  return { node, choosing };
}
