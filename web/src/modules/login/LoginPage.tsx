import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { keepHere } from '../../lib/session';
import { useT } from '../../lib/t';
import { isProblem } from '../../api/problem';
import { useForm } from '../../lib/form';
import { Form, FormEnd } from '../../ui/Form';
import { PageHeader } from '../../ui/PageHeader';
import { LanguageMenu, ThemeMenu } from '../../ui/shell/Choices';
import { Logo } from '../../ui/Logo';
import { ErrorState, Note } from '../../ui/States';
import styles from './login.module.css';

export interface Credentials {
  name: string;
  password: string;
}

interface Props {
  /** Signs in or throws a Problem. */
  signIn: (credentials: Credentials) => Promise<void>;
  /** The session ended while somebody worked. */
  expired?: boolean;
}

export function LoginPage({ signIn, expired = false }: Props) {
  const { t } = useT();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const { values, valid, input } = useForm({
    initial: { name: '', password: '' },
    check: (form) => ({ name: form.name.trim() ? undefined : t('login:missing'), password: form.password ? undefined : t('login:missing') }),
  });

  const submit = async () => {
    if (!valid()) return;
    setBusy(true);
    setFailure(null);
    await signIn({ name: values.name.trim(), password: values.password })
      .catch(setFailure)
      .finally(() => setBusy(false));
  };
  const wrong = isProblem(failure) && failure.status === 401;

  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <LanguageMenu save={keepHere} />
        <ThemeMenu save={keepHere} />
      </header>
      <main className={styles.card}>
        <div className={styles.brand}>
          <Logo />
          <span>Fettle</span>
        </div>
        <PageHeader title={t('login:title')} />
        {expired ? (
          <Note tone="scheduled" icon="clock">
            {t('login:again')}
          </Note>
        ) : null}
        {wrong ? (
          <div role="alert">
            <Note tone="risk" icon="alert">
              {t('login:wrong')}
            </Note>
          </div>
        ) : null}
        {failure && !wrong ? <ErrorState what={t('login:failed')} safe={t('login:safe')} error={failure} /> : null}
        <Form onSubmit={submit} label={t('login:title')}>
          <TextInput {...input('name')} label={t('login:name')} autoComplete="username" autoCapitalize="none" spellCheck={false} />
          <PasswordInput {...input('password')} label={t('login:password')} autoComplete="current-password" visibilityToggleButtonProps={{ 'aria-label': t('login:show') }} />
          <FormEnd>
            <Button type="submit" size="sm" fullWidth loading={busy}>
              {t('login:submit')}
            </Button>
          </FormEnd>
        </Form>
      </main>
      <p className={styles.sentence}>{t('login:sentence')}</p>
    </div>
  );
}
