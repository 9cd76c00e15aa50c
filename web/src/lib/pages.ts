import { infiniteQueryOptions, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

interface Page<Item> {
  items: Item[];
  next?: string;
}

/** A list of the API that is read page by page. */
export function pagesOf<Item>(queryKey: QueryKey, read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Item>>, refetchInterval?: number) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Item>) => page.next,
    ...(refetchInterval ? { refetchInterval } : {}),
  });
}

/** All rows that were read so far, and how to go on. */
export function useRows<Item>(options: ReturnType<typeof pagesOf<Item>>) {
  const query = useInfiniteQuery(options);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return {
    rows,
    loaded: query.data !== undefined,
    error: query.error,
    retry: () => void query.refetch(),
    more: query.hasNextPage ? { onMore: () => void query.fetchNextPage(), loading: query.isFetchingNextPage } : null,
  };
}
