import { useMemo } from 'react';
import type { LoginGrantView, NetworkNode } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useNodes } from '../../lib/names';
import { useMe } from '../../lib/session';
import { useT } from '../../lib/t';
import type { BoardView } from './contract';

type Place = Pick<NetworkNode, 'id' | 'parent' | 'kind' | 'state'>;
type Grant = Pick<LoginGrantView, 'scope' | 'scope_id'>;

/** The open nodes that somebody works at, as far as the user's grants tell: who is granted regions or nodes alone is not shown the others. */
export function servingNodes<N extends Place>(nodes: Map<string, N>, grants: Grant[]): N[] {
  const local = grants.length > 0 && grants.every(({ scope }) => scope === 'region' || scope === 'node');
  const within = (node: Place | undefined, id: string | undefined): boolean => node !== undefined && (node.id === id || (node.parent !== undefined && within(nodes.get(node.parent), id)));
  const reached = (node: N) => !local || grants.some(({ scope, scope_id: id }) => (scope === 'node' ? node.id === id : within(node, id)));
  return [...nodes.values()].filter((node) => node.kind !== 'headquarters' && node.state === 'open' && reached(node));
}

/** The nodes to choose from, by name; regional centres, which seldom send anybody, come last. */
export function useServingNodes(): { value: string; label: string }[] {
  const nodes = useNodes();
  const grants = useMe()?.grants;
  const { locale } = useFormats();
  return useMemo(() => {
    const order = new Intl.Collator(locale);
    const last = (kind: string) => (kind === 'regional_centre' ? 1 : 0);
    return servingNodes(nodes, grants ?? [])
      .toSorted((a, b) => last(a.kind) - last(b.kind) || order.compare(a.name, b.name))
      .map(({ id, name, country }) => ({ value: id, label: `${name} · ${country}` }));
  }, [nodes, grants, locale]);
}

/** A technician's name, or a number for those who may not know it. */
export function useNameOf(view: BoardView | undefined): (technician: string) => string {
  const { t } = useT();
  return useMemo(() => {
    const names = new Map(view?.technicians.map(({ technician, name }) => [technician, name]));
    return (technician) => names.get(technician) ?? t('board:someone', { number: technician.slice(-4).toUpperCase() });
  }, [view, t]);
}
