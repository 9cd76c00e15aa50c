import { type ChangeEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { isProblem, Problem } from '../api/problem';
import { useT } from '../lib/t';
import { Icon, type IconName } from '../ui/icons';
import styles from './public.module.css';
import { go } from './route';

/** The page's one H1, and the window's title with it. */
export function Heading({ children }: { children: string }) {
  useEffect(() => {
    document.title = children;
  }, [children]);
  return <h1 className={styles.title}>{children}</h1>;
}

interface FieldProps {
  label: string;
  name: string;
  value: string;
  onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) => void;
  error?: string | undefined;
  hint?: string | undefined;
  required?: boolean;
  rows?: number;
  options?: { value: string; label: string }[];
  type?: string;
  autoComplete?: string;
  maxLength?: number;
}

/** A field with its label above, its hint below, and under it what to do when it was refused. */
export function Field({ label, error, hint, rows, options, type = 'text', ...rest }: FieldProps) {
  const id = useId();
  const control = { ...rest, id, className: styles.control, 'aria-invalid': error ? true : undefined, 'aria-describedby': error || hint ? `${id}-note` : undefined };
  return (
    <div className={styles.field}>
      <label htmlFor={id}>
        {label}
        {rest.required ? <span aria-hidden="true"> *</span> : null}
      </label>
      {options ? (
        <select {...control}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : rows ? (
        <textarea {...control} rows={rows} />
      ) : (
        <input {...control} type={type} />
      )}
      {error || hint ? (
        <p id={`${id}-note`} className={error ? styles.error : styles.hint}>
          {error ?? hint}
        </p>
      ) : null}
    </div>
  );
}

export function Action({ children, busy = false, quiet = false, onClick, type = 'button' }: { children: ReactNode; busy?: boolean; quiet?: boolean; onClick?: () => void; type?: 'button' | 'submit' }) {
  return (
    <button type={type === 'submit' ? 'submit' : 'button'} className={quiet ? styles.second : styles.first} disabled={busy} onClick={onClick}>
      {children}
    </button>
  );
}

/** A link to another public page. */
export function Go({ to, children, className }: { to: string; children: ReactNode; className?: string | undefined }) {
  return (
    <a
      href={to}
      className={className}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

export function Notice({ tone, icon, children, alert = false }: { tone: 'good' | 'warn' | 'bad' | 'plain'; icon: IconName; children: ReactNode; alert?: boolean }) {
  return (
    <div className={`${styles.notice} ${styles[tone]}`} role={alert ? 'alert' : undefined}>
      <Icon name={icon} size={22} />
      <div>{children}</div>
    </div>
  );
}

/** What failed, what is safe, how to go on, and the number that support needs. */
export function Failure({ what, error, retry }: { what: string; error: unknown; retry?: (() => void) | undefined }) {
  const { t } = useT();
  const why = isProblem(error, 'network') ? t('common:error.network') : error instanceof Problem && error.title ? error.title : t('common:error.unknown');
  return (
    <Notice tone="bad" icon="alert" alert>
      <strong>{what}</strong>
      <p>{why}</p>
      <p>{t('common:error.safe')}</p>
      {error instanceof Problem && error.supportId ? <p className={styles.hint}>{t('common:error.support', { id: error.supportId })}</p> : null}
      {retry ? (
        <Action quiet onClick={retry}>
          {t('common:retry')}
        </Action>
      ) : null}
    </Notice>
  );
}

/** Loads once, keeps what it has while it loads again, and can be asked to. */
export function useLoad<Value>(load: (signal: AbortSignal) => Promise<Value>, key: string) {
  const [state, setState] = useState<{ value?: Value; error?: unknown; turn: number }>({ turn: 0 });
  useEffect(() => {
    const stop = new AbortController();
    load(stop.signal).then(
      (value) => setState(({ turn }) => ({ value, turn })),
      (error: unknown) => {
        if (!stop.signal.aborted) setState((before) => ({ ...before, error }));
      },
    );
    return () => stop.abort();
    // `load` is made anew on each rendering; `key` says when it means something else.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key, state.turn]);
  return { value: state.value, error: state.error, again: () => setState(({ value, turn }) => ({ ...(value === undefined ? {} : { value }), turn: turn + 1 })) };
}
