import { useEffect, useRef, useSyncExternalStore } from 'react';

/** Something the palette can do. Pages register theirs while they are open. */
export interface Command {
  id: string;
  label: string;
  group: 'go' | 'do' | 'find';
  /** Shown at the right: "G C". */
  keys?: string | undefined;
  run: () => void;
}

let sets: Command[][] = [];
let flat: Command[] = [];
const listeners = new Set<() => void>();

function change(next: Command[][]): void {
  sets = next;
  flat = sets.flat();
  for (const listener of listeners) listener();
}

/** Offers commands while the component is mounted. `key` says when they have changed. */
export function useCommands(commands: Command[], key: string): void {
  const latest = useRef(commands);
  useEffect(() => {
    latest.current = commands;
  });
  useEffect(() => {
    const mine = latest.current;
    change([...sets, mine]);
    return () => change(sets.filter((set) => set !== mine));
  }, [key]);
}

export function useAllCommands(): Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => flat,
  );
}

/** Words of the query must all occur, in any order; labels that begin with the query come first. */
export function matchCommands(commands: Command[], query: string): Command[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return commands;
  const words = wanted.split(/\s+/);
  const hits = commands.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
  const begins = ({ label }: Command) => (label.toLowerCase().startsWith(wanted) ? 0 : 1);
  return hits.toSorted((a, b) => begins(a) - begins(b));
}
