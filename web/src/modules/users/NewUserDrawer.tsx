import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useCommand } from '../../lib/command';
import { countryOptions, guessCountry } from '../../lib/countries';
import { useForm } from '../../lib/form';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { SideDrawer } from '../../ui/Dialogs';
import { Form, FormEnd } from '../../ui/Form';
import { ErrorState } from '../../ui/States';
import { createUser, type NewUser } from './queries';
import { useRoleName, wideRoles } from './roles';

export function NewUserDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useT();
  const roleName = useRoleName();
  const { locale } = useFormats();
  const countries = useMemo(() => countryOptions(locale), [locale]);
  const need = (value: string) => (value.trim() === '' ? t('user:required') : undefined);
  const form = useForm({
    initial: { name: '', login: '', password: '', country: guessCountry(navigator.languages), role: 'agent' },
    check: ({ name, login, country, password }) => ({
      name: need(name),
      login: need(login),
      country: need(country),
      password: password.length < 8 ? t('user:shortPassword') : undefined,
    }),
  });
  const create = useCommand({ shown: true, run: (user: NewUser) => createUser(user), touches: [['users']], done: (_, { name }) => t('user:created', { name }), after: onClose });
  const submit = async () => {
    if (form.valid()) await create.mutateAsync(form.values).catch(form.refuse);
  };
  return (
    <SideDrawer open onClose={onClose} title={t('user:new')}>
      <Form label={t('user:new')} onSubmit={submit}>
        <TextInput {...form.input('name')} label={t('user:column.name')} required maxLength={200} autoComplete="off" />
        <TextInput {...form.input('login')} label={t('user:column.login')} required maxLength={254} autoComplete="off" autoCapitalize="none" />
        <PasswordInput {...form.input('password')} label={t('login:password')} description={t('user:passwordHint')} required autoComplete="new-password" visibilityToggleButtonProps={{ 'aria-label': t('login:show') }} />
        <NativeSelect {...form.input('role')} label={t('user:role')} data={wideRoles.map((value) => ({ value, label: roleName(value) }))} />
        <NativeSelect {...form.input('country')} label={t('user:country')} description={t('user:countryHint')} data={[{ value: '', label: '' }, ...countries]} />
        {create.error ? <ErrorState what={t('user:notCreated')} error={create.error} /> : null}
        <FormEnd>
          <Button type="submit" loading={create.isPending}>
            {t('user:create')}
          </Button>
        </FormEnd>
      </Form>
    </SideDrawer>
  );
}
