import { type FormEvent, useMemo, useRef, useState } from 'react';
import { api, body, type DeskIntake, type DeskOpened } from '../api/client';
import { countryOptions, guessCountry } from '../lib/countries';
import { useForm } from '../lib/form';
import { useFormats } from '../lib/format';
import { useT } from '../lib/t';
import { SerialEntry } from '../ui/SerialEntry';
import { Action, Failure, Field, Go, Heading, Notice } from './parts';
import styles from './public.module.css';
import { useServedBrands } from './brands';

const blank = { serial: '', brand: '', kind: 'repair', text: '', name: '', phone: '', email: '', country: '', postcode: '', city: '', street: '' };
type Values = typeof blank;

/** What the visitor wrote, as the API wants it; what was left empty is left out. */
export function toRequest(values: Values, language: string): DeskIntake {
  const trimmed = (key: keyof Values) => values[key].trim();
  return {
    brand: trimmed('brand'),
    work_type: values.kind as 'repair' | 'install' | 'maintain',
    text: trimmed('text'),
    language,
    ...(trimmed('serial') ? { serial: trimmed('serial') } : {}),
    requester: { name: trimmed('name'), ...(trimmed('phone') ? { phone: trimmed('phone') } : {}), ...(trimmed('email') ? { email: trimmed('email') } : {}) },
    site: {
      country: values.country,
      ...(trimmed('postcode') ? { postcode: trimmed('postcode') } : {}),
      ...(trimmed('city') ? { city: trimmed('city') } : {}),
      ...(trimmed('street') ? { street: trimmed('street') } : {}),
    },
  };
}

function Opened({ opened }: { opened: DeskOpened }) {
  const { t } = useT();
  const to = `/p/c/${opened.link}`;
  return (
    <>
      <Heading>{t('public:ask.doneTitle')}</Heading>
      <Notice tone="good" icon="checkCircle">
        <strong>{t('public:ask.done', { reference: opened.reference })}</strong>
        <p>{t('public:ask.keepLink')}</p>
      </Notice>
      <Go to={to} className={styles.first}>
        {t('public:ask.follow')}
      </Go>
    </>
  );
}

function useAskForm(serial: string, brand: string) {
  const { t } = useT();
  const need = (value: string) => (value.trim() ? undefined : t('public:ask.required'));
  return useForm<Values>({
    initial: { ...blank, serial, brand, country: guessCountry(navigator.languages) },
    draft: 'ask',
    check: (values) => ({
      brand: need(values.brand),
      text: need(values.text),
      name: need(values.name),
      country: need(values.country),
      phone: values.phone.trim() || values.email.trim() ? undefined : t('public:ask.reach'),
    }),
    pointers: { '/work_type': 'kind' },
  });
}

/** Asking for service: what is wrong with what, who asks, and where. */
export function AskPage({ serial, brand }: { serial: string; brand: string }) {
  const { t, lang } = useT();
  const { locale } = useFormats();
  const brands = useServedBrands();
  const form = useAskForm(serial, brand);
  const [opened, setOpened] = useState<DeskOpened | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const element = useRef<HTMLFormElement>(null);
  const countries = useMemo(() => [{ value: '', label: t('public:ask.choose') }, ...countryOptions(locale)], [locale, t]);
  const { input, set, values, errors } = form;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    if (form.valid()) {
      setBusy(true);
      await body(api.POST('/v1/public/requests', { body: toRequest(values, lang) }))
        .then(
          (made) => {
            form.clear();
            setOpened(made);
          },
          (refusal: unknown) => {
            form.refuse(refusal);
            setError(refusal);
          },
        )
        .finally(() => setBusy(false));
    }
    requestAnimationFrame(() => element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
  };
  if (opened) return <Opened opened={opened} />;

  return (
    <>
      <Heading>{t('public:ask.title')}</Heading>
      <form ref={element} className={styles.form} aria-label={t('public:ask.title')} noValidate onSubmit={(event) => void submit(event)}>
        <section className={styles.card} aria-label={t('public:ask.what')}>
          <h2>{t('public:ask.what')}</h2>
          <SerialEntry value={values.serial} onChange={(next) => set('serial', next)} error={errors.serial} />
          <div className={styles.pair}>
            <Field {...input('brand')} label={t('public:ask.brand')} required options={[{ value: '', label: t('public:ask.choose') }, ...brands.map(({ code, name }) => ({ value: code, label: name }))]} />
            <Field {...input('kind')} label={t('public:ask.kind')} options={(['repair', 'install', 'maintain'] as const).map((value) => ({ value, label: t(`public:kind.${value}`) }))} />
          </div>
          <Field {...input('text')} label={t('public:ask.text')} required rows={4} maxLength={8000} hint={t('public:ask.textHint')} />
        </section>
        <section className={styles.card} aria-label={t('public:ask.who')}>
          <h2>{t('public:ask.who')}</h2>
          <Field {...input('name')} label={t('public:ask.name')} required autoComplete="name" maxLength={200} />
          <div className={styles.pair}>
            <Field {...input('phone')} label={t('public:ask.phone')} type="tel" autoComplete="tel" maxLength={40} hint={t('public:ask.phoneHint')} />
            <Field {...input('email')} label={t('public:ask.email')} type="email" autoComplete="email" maxLength={254} />
          </div>
        </section>
        <section className={styles.card} aria-label={t('public:ask.where')}>
          <h2>{t('public:ask.where')}</h2>
          <Field {...input('country')} label={t('public:ask.country')} required options={countries} autoComplete="country" />
          <div className={styles.pair}>
            <Field {...input('postcode')} label={t('public:ask.postcode')} autoComplete="postal-code" maxLength={20} />
            <Field {...input('city')} label={t('public:ask.city')} autoComplete="address-level2" maxLength={120} />
          </div>
          <Field {...input('street')} label={t('public:ask.street')} autoComplete="street-address" maxLength={240} />
        </section>
        {error ? <Failure what={t('public:ask.failed')} error={error} /> : null}
        <Action type="submit" busy={busy}>
          {t('public:ask.send')}
        </Action>
        <p className={styles.hint}>{t('public:ask.privacy')}</p>
      </form>
    </>
  );
}
