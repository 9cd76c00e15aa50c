import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useCommand } from '../../lib/command';
import { useForm } from '../../lib/form';
import { useT } from '../../lib/t';
import { SideDrawer } from '../../ui/Dialogs';
import { Form, FormEnd } from '../../ui/Form';
import { Icon } from '../../ui/icons';
import { ErrorState, Note } from '../../ui/States';
import { createToken, type NewToken } from './queries';
import { useRoleName, wideRoles } from './roles';

/** The token is shown this once: the server keeps only what recognises it. */
function Made({ token, onClose }: { token: string; onClose: () => void }) {
  const { t } = useT();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(token).then(() => setCopied(true), () => setCopied(false));
  };
  return (
    <div style={{ display: 'grid', gap: 14 }}>
      <Note tone="warn" icon="alert">
        {t('user:tokenOnce')}
      </Note>
      <TextInput readOnly value={token} label={t('user:token')} onFocus={(event) => event.currentTarget.select()} />
      <FormEnd>
        <Button onClick={() => void copy()} leftSection={<Icon name={copied ? 'check' : 'copy'} size={16} />}>
          {t(copied ? 'user:copied' : 'user:copy')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('common:close')}
        </Button>
      </FormEnd>
    </div>
  );
}

export function NewTokenDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useT();
  const roleName = useRoleName();
  const [token, setToken] = useState<string | null>(null);
  const form = useForm({ initial: { name: '', role: 'integrator', scopes: '' }, check: ({ name }) => ({ name: name.trim() ? undefined : t('user:required') }) });
  const create = useCommand({ shown: true, run: (made: NewToken) => createToken(made), touches: [['tokens']], after: (made) => setToken(made.token ?? '') });
  const submit = async () => {
    const { name, role, scopes } = form.values;
    if (form.valid()) await create.mutateAsync({ name: name.trim(), role, scopes: scopes.split(/[\s,]+/).filter(Boolean) }).catch(form.refuse);
  };
  return (
    <SideDrawer open onClose={onClose} title={t('user:newToken')}>
      {token === null ? (
        <Form label={t('user:newToken')} onSubmit={submit}>
          <TextInput {...form.input('name')} label={t('user:column.purpose')} description={t('user:purposeHint')} required maxLength={100} />
          <NativeSelect {...form.input('role')} label={t('user:role')} data={wideRoles.map((value) => ({ value, label: roleName(value) }))} />
          <TextInput {...form.input('scopes')} label={t('user:column.scopes')} description={t('user:scopesHint')} />
          {create.error ? <ErrorState what={t('user:notCreated')} error={create.error} /> : null}
          <FormEnd>
            <Button type="submit" loading={create.isPending}>
              {t('user:createToken')}
            </Button>
          </FormEnd>
        </Form>
      ) : (
        <Made token={token} onClose={onClose} />
      )}
    </SideDrawer>
  );
}
