import { useCallback, useState } from 'react';
import { isProblem, type Problem } from '../api/problem';

type Values = Record<string, string | number | boolean | null>;
export type Errors<T> = Partial<Record<keyof T, string>>;

interface Options<T> {
  initial: T;
  /** Kept on this device under this name until the form is sent. Never for secrets. */
  draft?: string;
  /** Says what is wrong, by field; empty when it may be sent. */
  check?: (values: T) => Errors<T>;
  /** Where the API's pointers land: "/customer/phone" → "phone". Without an entry the last part is taken. */
  pointers?: Record<string, keyof T>;
}

const draftKey = (name: string) => `fettle.draft.${name}`;

function readDraft<T extends Values>(name: string | undefined, initial: T): T {
  if (!name) return initial;
  try {
    return { ...initial, ...(JSON.parse(sessionStorage.getItem(draftKey(name)) ?? '{}') as Partial<T>) };
  } catch {
    return initial;
  }
}

/** Which of the form's fields a refused pointer means. */
export function fieldOf<T>(pointer: string, fields: (keyof T)[], pointers: Record<string, keyof T> = {}): keyof T | undefined {
  const mapped = pointers[pointer];
  if (mapped !== undefined) return mapped;
  const last = pointer.split('/').at(-1);
  return fields.find((field) => field === last);
}

/** The values of a form, its errors by field, and a draft that survives a reload. */
export function useForm<T extends Values>({ initial, draft, check, pointers }: Options<T>) {
  const [values, setValues] = useState<T>(() => readDraft(draft, initial));
  const [errors, setErrors] = useState<Errors<T>>({});

  const set = useCallback(
    <K extends keyof T>(field: K, value: T[K]) => {
      setErrors((before) => ({ ...before, [field]: undefined }));
      setValues((before) => {
        const next = { ...before, [field]: value };
        if (draft) sessionStorage.setItem(draftKey(draft), JSON.stringify(next));
        return next;
      });
    },
    [draft],
  );

  /** True when it may be sent; otherwise the first refused field gets the focus. */
  const valid = () => {
    const found = check?.(values) ?? {};
    setErrors(found);
    return Object.values(found).every((error) => !error);
  };

  /** Takes a refusal apart by field; what belongs to no field is left for the caller to show. */
  const refuse = (error: unknown): Problem | null => {
    if (!isProblem(error)) return null;
    const found: Errors<T> = {};
    for (const { pointer, title } of error.fields) {
      const field = fieldOf(pointer, Object.keys(values) as (keyof T)[], pointers);
      if (field) found[field] = title;
    }
    setErrors(found);
    return error;
  };

  const clear = () => {
    if (draft) sessionStorage.removeItem(draftKey(draft));
    setValues(initial);
    setErrors({});
  };

  /** Props for an input of Mantine or our own. */
  const input = <K extends keyof T>(field: K) => ({
    name: String(field),
    value: values[field],
    error: errors[field],
    onChange: (event: { currentTarget: { value: string } }) => set(field, event.currentTarget.value as T[K]),
  });

  return { values, errors, set, valid, refuse, clear, input };
}
