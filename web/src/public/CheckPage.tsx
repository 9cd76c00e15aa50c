import { type FormEvent, useState } from 'react';
import { api, body, type WarrantyCheckBody } from '../api/client';
import { useFormats } from '../lib/format';
import { type CodedReason, useReason } from '../lib/reasons';
import { useT } from '../lib/t';
import { useWord } from '../lib/words';
import type { IconName } from '../ui/icons';
import { SerialEntry } from '../ui/SerialEntry';
import { useServedBrands } from './brands';
import { Action, Failure, Field, Go, Heading, Notice } from './parts';
import styles from './public.module.css';

const looks: Record<string, ['good' | 'warn' | 'bad' | 'plain', IconName]> = {
  covered: ['good', 'shieldCheck'],
  partly: ['warn', 'shield'],
  needs_proof: ['warn', 'file'],
  not_covered: ['bad', 'shield'],
};

function Found({ found, serial, brand }: { found: WarrantyCheckBody; serial: string; brand: string }) {
  const { t } = useT();
  const word = useWord();
  const reason = useReason();
  const { date } = useFormats();
  const [tone, icon] = looks[found.standing ?? ''] ?? ['plain', 'why'];
  return (
    <>
      <Notice tone={tone} icon={icon}>
        <strong>{word('standing', found.standing)}</strong>
        <p>{[found.brand, found.model].filter(Boolean).join(' · ')}</p>
      </Notice>
      <section className={styles.card} aria-label={t('public:check.what')}>
        <h2>{t('public:check.what')}</h2>
        <dl className={styles.facts}>
          {found.coverage?.map((line) => (
            <div key={line.cost} style={{ display: 'contents' }}>
              <dt>{word('cost', line.cost)}</dt>
              <dd>
                {word('standing', line.standing)}
                {line.standing === 'covered' && line.last_day ? ` · ${t('public:check.until', { day: date(line.last_day) })}` : null}
              </dd>
            </div>
          ))}
        </dl>
        {found.reasons?.length ? (
          <ul className={styles.reasons}>
            {found.reasons.map((one) => (
              <li key={`${one.code} ${one.costs?.join(' ') ?? ''}`}>{reason(one as CodedReason)}</li>
            ))}
          </ul>
        ) : null}
      </section>
      <Go to={`/p/ask?serial=${encodeURIComponent(serial)}&brand=${encodeURIComponent(brand)}`} className={styles.first}>
        {t('public:home.ask')}
      </Go>
    </>
  );
}

/** Anybody may ask what covers a unit; the answer names no owner. */
export function CheckPage({ serial: given }: { serial: string }) {
  const { t } = useT();
  const brands = useServedBrands();
  const [serial, setSerial] = useState(given);
  const [chosen, setBrand] = useState('');
  const [link, setLink] = useState('');
  const [missing, setMissing] = useState(false);
  const [found, setFound] = useState<WarrantyCheckBody | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const brand = chosen || (brands.length === 1 ? (brands[0]?.code ?? '') : '');

  const ask = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    setFound(null);
    const incomplete = serial.trim() === '' || (brand === '' && link === '');
    setMissing(incomplete);
    if (incomplete) return;
    setBusy(true);
    await body(api.GET('/v1/public/warranty', { params: { query: link ? { link } : { serial: serial.trim(), brand } } }))
      .then(setFound, setError)
      .finally(() => setBusy(false));
  };

  return (
    <>
      <Heading>{t('public:check.title')}</Heading>
      <form className={styles.card} aria-label={t('public:check.title')} noValidate onSubmit={(event) => void ask(event)}>
        <SerialEntry
          value={serial}
          onChange={(next) => {
            setSerial(next);
            setLink('');
          }}
          onScan={(label) => setLink(label.link ?? '')}
          error={missing && serial.trim() === '' ? t('public:check.needSerial') : undefined}
        />
        {link ? (
          <p className={styles.hint}>{t('public:check.fromLabel')}</p>
        ) : (
          <Field
            label={t('public:ask.brand')}
            name="brand"
            value={brand}
            required
            onChange={(event) => setBrand(event.currentTarget.value)}
            error={missing && brand === '' ? t('public:check.needBrand') : undefined}
            options={[{ value: '', label: t('public:ask.choose') }, ...brands.map(({ code, name }) => ({ value: code, label: name }))]}
          />
        )}
        <Action type="submit" busy={busy}>
          {t('public:check.do')}
        </Action>
      </form>
      <div role="status" className={styles.answer}>
        {found?.found ? <Found found={found} serial={serial.trim()} brand={brand} /> : null}
        {found && !found.found ? (
          <Notice tone="warn" icon="search">
            <strong>{t('public:check.unknown')}</strong>
            <p>{t('public:check.unknownHint')}</p>
            <Go to={`/p/ask?serial=${encodeURIComponent(serial.trim())}&brand=${encodeURIComponent(brand)}`}>{t('public:home.ask')}</Go>
          </Notice>
        ) : null}
      </div>
      {error ? <Failure what={t('public:check.failed')} error={error} /> : null}
    </>
  );
}
