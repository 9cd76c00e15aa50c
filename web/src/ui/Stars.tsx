import { useId } from 'react';
import { useT } from '../lib/t';
import styles from './serial.module.css';

const steps = [1, 2, 3, 4, 5];

/** One to five stars, as radio buttons: keys, touch and screen readers know what to do with them. */
export function Stars({ value, onChange, label }: { value: number; onChange: (stars: number) => void; label: string }) {
  const { t } = useT();
  const name = useId();
  return (
    <fieldset className={styles.stars}>
      <legend>{label}</legend>
      <div>
        {steps.map((stars) => (
          <label key={stars} className={styles.star} data-on={stars <= value || undefined}>
            <input type="radio" name={name} className="hidden-visually" checked={value === stars} onChange={() => onChange(stars)} />
            <span className="hidden-visually">{t('common:stars', { count: stars })}</span>
            <svg width="32" height="32" viewBox="0 0 24 24" aria-hidden="true">
              <path d="m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.9-5.2 2.9 1-5.9L3.5 9.7l5.9-.8z" />
            </svg>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
