import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, body, type CatalogSymptom, type NetworkBrand, type NetworkNode, type NetworkPartner } from '../api/client';
import { useMay } from './session';
import { useT } from './t';

/* Names of things that screens know by id only. They change seldom and are few, so a list is fetched once. */
const LONG = 10 * 60_000;
const LIMIT = 200;

async function all<Item>(page: (cursor: string | undefined) => Promise<{ items: Item[]; next?: string }>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const part = await page(cursor);
    items.push(...part.items);
    cursor = part.next;
  } while (cursor);
  return items;
}

const byId = <Item extends { id: string }>(items: Item[]): Map<string, Item> => new Map(items.map((item) => [item.id, item]));

const brandsQuery = queryOptions({
  queryKey: ['brands'],
  queryFn: async (): Promise<Map<string, NetworkBrand>> => byId(await all((cursor) => body(api.GET('/v1/brands', { params: { query: { cursor, limit: LIMIT } } })))),
  staleTime: LONG,
});

const nodesQuery = queryOptions({
  queryKey: ['nodes'],
  queryFn: async (): Promise<Map<string, NetworkNode>> => byId(await all((cursor) => body(api.GET('/v1/nodes', { params: { query: { cursor, limit: LIMIT } } })))),
  staleTime: LONG,
});

const partnersQuery = queryOptions({
  queryKey: ['partners'],
  queryFn: async (): Promise<Map<string, NetworkPartner>> => byId(await all((cursor) => body(api.GET('/v1/partners', { params: { query: { cursor, limit: LIMIT } } })))),
  staleTime: LONG,
});

const noBrands = new Map<string, NetworkBrand>();
const noNodes = new Map<string, NetworkNode>();
const noPartners = new Map<string, NetworkPartner>();

/* Who has no right to a list does not ask for it: the answer could only be that there is none. */
export const useBrands = (): Map<string, NetworkBrand> => useQuery({ ...brandsQuery, enabled: useMay()('brand.read') }).data ?? noBrands;
export const useNodes = (): Map<string, NetworkNode> => useQuery({ ...nodesQuery, enabled: useMay()('node.read') }).data ?? noNodes;
export const usePartners = (): Map<string, NetworkPartner> => useQuery({ ...partnersQuery, enabled: useMay()('partner.read') }).data ?? noPartners;

/** A name in the user's language, else in English, else in whatever there is. */
export function pickName(names: Record<string, string> | undefined, lang: string): string {
  if (!names) return '';
  const base = lang.split('-')[0] ?? lang;
  const near = Object.keys(names).find((tag) => tag.split('-')[0] === base);
  return names[lang] ?? names[base] ?? (near ? names[near] : undefined) ?? names['en'] ?? Object.values(names)[0] ?? '';
}

const symptomsQuery = queryOptions({
  queryKey: ['symptoms'],
  queryFn: async (): Promise<CatalogSymptom[]> => all((cursor) => body(api.GET('/v1/symptoms', { params: { query: { cursor, limit: LIMIT } } }))),
  staleTime: LONG,
});

/** All symptoms, and the name of one by its code. */
export function useSymptoms(): { list: { code: string; name: string }[]; name: (code: string | undefined) => string } {
  const { lang } = useT();
  const { data } = useQuery(symptomsQuery);
  return useMemo(() => {
    const names = new Map((data ?? []).map(({ code, names: named }) => [code, pickName(named, lang)]));
    // The catalogue writes its codes in capitals, however a case was given them.
    return { list: [...names].map(([code, name]) => ({ code, name })), name: (code) => (code ? (names.get(code.toUpperCase()) ?? code) : '') };
  }, [data, lang]);
}

const modelQuery = (id: string) => queryOptions({ queryKey: ['model', id], queryFn: () => body(api.GET('/v1/models/{id}', { params: { path: { id } } })), staleTime: LONG });
const partQuery = (id: string) => queryOptions({ queryKey: ['part', id], queryFn: () => body(api.GET('/v1/parts/{id}', { params: { path: { id } } })), staleTime: LONG });

/** "ECO 35 (AC-35-ECO)", or nothing while it is not known. */
export function useModelName(id: string | undefined): string {
  const { lang } = useT();
  const { data } = useQuery({ ...modelQuery(id ?? ''), enabled: Boolean(id) });
  return data ? `${pickName(data.names, lang)} (${data.code})` : '';
}

export function usePartName(id: string): string {
  const { lang } = useT();
  const { data } = useQuery({ ...partQuery(id), enabled: id !== '' });
  return data ? `${pickName(data.names, lang)} (${data.number})` : '';
}

const technicianQuery = (id: string) =>
  queryOptions({ queryKey: ['technician', id], queryFn: () => body(api.GET('/v1/technicians/{id}', { params: { path: { id } } })), staleTime: LONG, retry: false });

/** The technician's name for those who may know it; nothing for the others. */
export function useTechnicianName(id: string | undefined): string {
  const may = useMay();
  const { data } = useQuery({ ...technicianQuery(id ?? ''), enabled: Boolean(id) && may('technician.read') });
  return data?.name ?? '';
}
