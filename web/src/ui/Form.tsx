import { type FormEvent, type KeyboardEvent, type ReactNode, useRef } from 'react';
import styles from './page.module.css';

/** A form that is sent by its button or by Ctrl+Enter, and that takes the focus to what was refused. */
export function Form({ onSubmit, label, children }: { onSubmit: () => void | Promise<void>; label: string; children: ReactNode }) {
  const form = useRef<HTMLFormElement>(null);
  const focusRefused = () => requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await onSubmit();
    focusRefused();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.current?.requestSubmit();
  };
  return (
    // The keys are a short cut to the form's own button, so the form itself needs no role.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form ref={form} className={styles.form} aria-label={label} noValidate onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown}>
      {children}
    </form>
  );
}

/** Fields that belong side by side where there is room. */
export function Pair({ children }: { children: ReactNode }) {
  return <div className={styles.pair}>{children}</div>;
}

export function FormEnd({ children }: { children: ReactNode }) {
  return <div className={styles.formEnd}>{children}</div>;
}

/** A named group of fields. */
export function FieldGroup({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{legend}</legend>
      {children}
    </fieldset>
  );
}
