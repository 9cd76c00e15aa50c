import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { DeskIntake } from '../../api/client';
import { useCommand } from '../../lib/command';
import { countryOptions } from '../../lib/countries';
import { useForm } from '../../lib/form';
import { useFormats } from '../../lib/format';
import { useBrands, useSymptoms } from '../../lib/names';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Card } from '../../ui/Card';
import { Form, FormEnd, Pair } from '../../ui/Form';
import { PageHeader } from '../../ui/PageHeader';
import { SerialEntry } from '../../ui/SerialEntry';
import { ErrorState } from '../../ui/States';
import styles from './cases.module.css';
import { openCase } from './queries';

const workTypes = ['repair', 'install', 'commission', 'inspect', 'maintain', 'survey', 'retrofit', 'remove'] as const;
const channels = ['phone', 'email', 'chat'] as const;
const textLanguages = ['zh', 'en', 'de', 'fr', 'es', 'it', 'nl', 'ja'];

const initial = {
  brand: '', channel: 'phone', workType: 'repair', priority: '3', serial: '', symptom: '', text: '', language: '',
  name: '', phone: '', email: '', country: '', postcode: '', city: '', street: '',
};
type Values = typeof initial;

const given = <K extends string>(key: K, value: string) => (value.trim() === '' ? {} : ({ [key]: value.trim() } as Record<K, string>));

/** The form as the API wants it; what was left empty is left out. */
export function toIntake(values: Values): DeskIntake {
  return {
    brand: values.brand,
    channel: values.channel as DeskIntake['channel'] & string,
    work_type: values.workType as DeskIntake['work_type'] & string,
    priority: Number(values.priority),
    text: values.text.trim(),
    ...given('serial', values.serial),
    ...given('symptom', values.symptom),
    ...given('language', values.language),
    requester: { name: values.name.trim(), ...given('phone', values.phone), ...given('email', values.email) },
    site: { country: values.country, ...given('postcode', values.postcode), ...given('city', values.city), ...given('street', values.street) },
  };
}

function useIntakeForm() {
  const { t, lang } = useT();
  const need = (value: string) => (value.trim() === '' ? t('case:new.required') : undefined);
  return useForm<Values>({
    initial: { ...initial, language: lang.split('-')[0] ?? 'en' },
    draft: 'new-case',
    check: (values) => ({
      brand: need(values.brand),
      text: need(values.text),
      name: need(values.name),
      country: need(values.country),
      phone: values.phone.trim() === '' && values.email.trim() === '' ? t('case:new.reach') : undefined,
    }),
    pointers: { '/work_type': 'workType' },
  });
}

/** A case that an agent takes in, on the phone or from a message. */
export function NewCasePage() {
  const { t } = useT();
  const word = useWord();
  const { locale } = useFormats();
  const navigate = useNavigate();
  const brands = useBrands();
  const symptoms = useSymptoms();
  const form = useIntakeForm();
  const { input, set, values, errors } = form;
  const countries = useMemo(() => countryOptions(locale), [locale]);
  const languages = useMemo(() => {
    const names = new Intl.DisplayNames([locale], { type: 'language' });
    return textLanguages.map((value) => ({ value, label: names.of(value) ?? value }));
  }, [locale]);
  const open = useCommand({
    shown: true,
    run: openCase,
    touches: [['cases']],
    done: ({ reference }) => t('case:new.done', { reference }),
    after: ({ id }) => {
      form.clear();
      void navigate({ to: '/cases/$caseId', params: { caseId: id } });
    },
  });
  const submit = async () => {
    if (form.valid()) await open.mutateAsync(toIntake(values)).catch(form.refuse);
  };
  const choose = { value: '', label: t('case:new.choose') };

  return (
    <div className={styles.narrow}>
      <PageHeader title={t('case:new.title')} />
      <Form label={t('case:new.title')} onSubmit={submit}>
        <Card title={t('case:new.what')}>
          <div className={styles.fields}>
            <Pair>
              <NativeSelect {...input('brand')} label={t('case:fact.brand')} required data={[choose, ...[...brands.values()].map(({ code, name }) => ({ value: code, label: name }))]} />
              <NativeSelect {...input('workType')} label={t('case:new.workType')} data={workTypes.map((value) => ({ value, label: word('workType', value) }))} />
              <NativeSelect {...input('channel')} label={t('case:fact.channel')} data={channels.map((value) => ({ value, label: word('channel', value) }))} />
              <NativeSelect {...input('priority')} label={t('case:fact.priority')} data={['1', '2', '3', '4'].map((value) => ({ value, label: word('priority', value) }))} />
            </Pair>
            <SerialEntry value={values.serial} onChange={(serial) => set('serial', serial)} error={errors.serial} />
            <Pair>
              <NativeSelect {...input('symptom')} label={t('case:fact.symptom')} data={[choose, ...symptoms.list.map(({ code, name }) => ({ value: code, label: name }))]} />
              <NativeSelect {...input('language')} label={t('case:new.language')} data={languages} />
            </Pair>
            <Textarea {...input('text')} label={t('case:new.text')} required rows={4} maxLength={8000} lang={values.language} />
          </div>
        </Card>
        <Card title={t('case:new.who')}>
          <div className={styles.fields}>
            <Pair>
              <TextInput {...input('name')} label={t('case:fact.name')} required maxLength={200} />
              <TextInput {...input('phone')} label={t('case:fact.phone')} description={t('case:new.phoneHint')} type="tel" maxLength={40} />
              <TextInput {...input('email')} label={t('case:fact.email')} type="email" maxLength={254} />
            </Pair>
            <Pair>
              <NativeSelect {...input('country')} label={t('case:new.country')} required data={[choose, ...countries]} />
              <TextInput {...input('postcode')} label={t('case:new.postcode')} maxLength={20} />
              <TextInput {...input('city')} label={t('case:new.city')} maxLength={120} />
            </Pair>
            <TextInput {...input('street')} label={t('case:new.street')} maxLength={240} />
          </div>
        </Card>
        {open.error ? <ErrorState what={t('case:new.failed')} error={open.error} safe={t('case:new.kept')} /> : null}
        <FormEnd>
          <Button type="submit" loading={open.isPending}>
            {t('case:new.submit')}
          </Button>
          <span className="dim small">{t('case:sendHint')}</span>
        </FormEnd>
      </Form>
    </div>
  );
}
