import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LoginGrantView, LoginUserView } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useBrands, useNodes } from '../../lib/names';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { SideDrawer } from '../../ui/Dialogs';
import { Form, FormEnd } from '../../ui/Form';
import { ErrorState, Skeleton } from '../../ui/States';
import { createGrant, deleteGrant, grantsQuery } from './queries';
import { useRoleName, wideRoles } from './roles';
import styles from './users.module.css';

function Scope({ grant }: { grant: LoginGrantView }) {
  const { t, has } = useT();
  const nodes = useNodes();
  const brands = useBrands();
  const key = `user:scope.${grant.scope}`;
  const on = grant.scope_id ? (nodes.get(grant.scope_id)?.name ?? brands.get(grant.scope_id)?.name ?? grant.scope_id) : '';
  return (
    <span className="dim">
      {has(key) ? t(key) : grant.scope} {on}
    </span>
  );
}

/** What a user may do, and where. */
export function GrantsDrawer({ user, onClose }: { user: LoginUserView; onClose: () => void }) {
  const { t } = useT();
  const may = useMay();
  const roleName = useRoleName();
  const [role, setRole] = useState<string>('agent');
  const { data, error, refetch } = useQuery(grantsQuery(user.id));
  const touches = [['users', user.id, 'grants']];
  const add = useCommand({ run: () => createGrant(user.id, { role, scope: 'tenant' }), touches });
  const drop = useCommand({ run: (grant: LoginGrantView) => deleteGrant(user.id, grant.id), touches });
  return (
    <SideDrawer open onClose={onClose} title={t('user:rolesOf', { name: user.name })}>
      {error ? <ErrorState what={t('user:rolesFailed')} error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Skeleton lines={3} /> : null}
      <ul className={styles.grants}>
        {data?.items.map((grant) => (
          <li key={grant.id}>
            <span>
              {roleName(grant.role)} <Scope grant={grant} />
            </span>
            {may('grant.write') ? (
              <Button size="compact-sm" variant="default" aria-label={t('user:takeAway', { role: roleName(grant.role) })} onClick={() => drop.mutate(grant)}>
                {t('user:remove')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {may('grant.write') ? (
        <Form label={t('user:addRole')} onSubmit={() => add.mutate(undefined)}>
          <NativeSelect label={t('user:addRole')} value={role} onChange={(event) => setRole(event.currentTarget.value)} data={wideRoles.map((value) => ({ value, label: roleName(value) }))} />
          <FormEnd>
            <Button type="submit" loading={add.isPending}>
              {t('user:add')}
            </Button>
          </FormEnd>
        </Form>
      ) : null}
    </SideDrawer>
  );
}
