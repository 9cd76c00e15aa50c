import { QueryClient } from '@tanstack/react-query';
import { Problem } from '../api/problem';

/** Server state lives here and nowhere else. What the server refused is not asked again; what was not answered is. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status < 500),
    },
  },
});
