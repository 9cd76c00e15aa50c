import { Button, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { Icon } from '../../ui/icons';
import { PageHeader } from '../../ui/PageHeader';
import { NewTokenDrawer } from './NewTokenDrawer';
import { NewUserDrawer } from './NewUserDrawer';
import { TokenTable } from './TokenTable';
import { UserTable } from './UserTable';

/** Who may sign in, and which machines may. */
export function UsersPage() {
  const { t } = useT();
  const may = useMay();
  const [tab, setTab] = useState<string | null>('users');
  const [adding, setAdding] = useState(false);
  const users = tab === 'users';
  return (
    <>
      <PageHeader
        title={t('user:title')}
        actions={
          may(users ? 'user.write' : 'token.write') ? (
            <Button onClick={() => setAdding(true)} leftSection={<Icon name="plus" size={16} />}>
              {t(users ? 'user:new' : 'user:newToken')}
            </Button>
          ) : null
        }
      />
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb={12}>
          <Tabs.Tab value="users">{t('user:users')}</Tabs.Tab>
          {may('token.read') ? <Tabs.Tab value="tokens">{t('user:tokens')}</Tabs.Tab> : null}
        </Tabs.List>
        <Tabs.Panel value="users">
          <UserTable />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <TokenTable />
        </Tabs.Panel>
      </Tabs>
      {adding && users ? <NewUserDrawer onClose={() => setAdding(false)} /> : null}
      {adding && !users ? <NewTokenDrawer onClose={() => setAdding(false)} /> : null}
    </>
  );
}
