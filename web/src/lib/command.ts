import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isProblem } from '../api/problem';
import { type T, useT } from './t';
import { showToast } from './toasts';

interface Options<Input, Output> {
  run: (input: Input) => Promise<Output>;
  /** What must be fetched again: the beginnings of query keys. */
  touches: readonly (readonly unknown[])[];
  /** What to say when it is done. */
  done?: (output: Output, input: Input) => string | undefined;
  /** How to take it back while outward effects wait. */
  undo?: (output: Output, input: Input) => (() => void) | undefined;
  after?: (output: Output, input: Input) => void;
  /** The form shows a refusal itself, beside what was filled in. */
  shown?: boolean;
}

/** What follows by events is there a moment later; until hints tell, the page looks twice again. */
const FOLLOW_UP_MS = [700, 2500];

/** Why it was refused, and what is safe. */
function said(error: unknown, t: T): string {
  if (isProblem(error) && error.title) return t('common:error.refused', { why: error.title });
  return `${t(isProblem(error, 'network') ? 'common:error.network' : 'common:error.unknown')} ${t('common:error.safe')}`;
}

/** Something the user does: sent once, said in a toast, with the reason when it is refused. */
export function useCommand<Input, Output>({ run, touches, done, undo, after, shown = false }: Options<Input, Output>) {
  const queries = useQueryClient();
  const { t } = useT();
  const refresh = () => Promise.all(touches.map((queryKey) => queries.invalidateQueries({ queryKey })));
  return useMutation({
    mutationFn: run,
    onSuccess: async (output, input) => {
      const text = done?.(output, input);
      const back = undo?.(output, input);
      if (text) showToast(text, back ? { undo: back } : {});
      after?.(output, input);
      await refresh();
      for (const delay of FOLLOW_UP_MS) setTimeout(() => void refresh(), delay);
    },
    onError: async (error) => {
      if (!shown) showToast(said(error, t), { tone: 'error' });
      await refresh(); // somebody else may have been faster: show how it stands now
    },
  });
}
