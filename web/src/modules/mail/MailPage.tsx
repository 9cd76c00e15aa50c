import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, body, type MailEntry } from '../../api/client';
import { pagesOf, useRows } from '../../lib/pages';
import { useT } from '../../lib/t';
import { Facts } from '../../ui/Card';
import type { Column } from '../../ui/DataTable';
import { SideDrawer } from '../../ui/Dialogs';
import { List } from '../../ui/List';
import { PageHeader } from '../../ui/PageHeader';
import { ErrorState, Skeleton } from '../../ui/States';
import { StatusBadge } from '../../ui/StatusBadge';
import { When } from '../../ui/When';
import styles from './mail.module.css';

const mailsQuery = pagesOf(['mails'], (cursor, signal) => body(api.GET('/v1/mails', { params: { query: { cursor, limit: 50 } }, signal })), 15_000);

/** The text of a letter, in which the way to the customer's page, and no other address, is a link. */
function Text({ text }: { text: string }) {
  const start = text.indexOf(`${location.origin}/p/c/`);
  if (start < 0) return text;
  const [link = ''] = text.slice(start).split(/\s/, 1);
  return (
    <>
      {text.slice(0, start)}
      <a href={link}>{link}</a>
      {text.slice(start + link.length)}
    </>
  );
}

function Letter({ mail, onClose }: { mail: MailEntry; onClose: () => void }) {
  const { t } = useT();
  const { data, error, refetch } = useQuery({ queryKey: ['mails', mail.id], queryFn: () => body(api.GET('/v1/mails/{id}', { params: { path: { id: mail.id } } })) });
  return (
    <SideDrawer open onClose={onClose} title={mail.subject || t('mail:erased')}>
      {error ? <ErrorState what={t('mail:letterFailed')} error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Skeleton /> : null}
      {data ? (
        <div className={styles.letter}>
          <Facts
            facts={[
              { label: t('mail:to'), value: data.to },
              { label: t('mail:column.state'), value: <StatusBadge kind="mail" state={data.state} /> },
              { label: t('mail:created'), value: <When at={data.created_at} /> },
              { label: t('mail:column.sent'), value: data.sent_at ? <When at={data.sent_at} /> : '' },
              { label: t('mail:failure'), value: data.failure },
            ]}
          />
          <div className={styles.body} lang={data.lang}>
            {data.body ? <Text text={data.body} /> : t('mail:erased')}
          </div>
        </div>
      ) : null}
    </SideDrawer>
  );
}

function Kind({ kind }: { kind: string }) {
  const { t, has } = useT();
  const key = `mail:kind.${kind}`;
  return <span className="dim">{has(key) ? t(key) : kind}</span>;
}

/** What went out to people, and what waits to. */
export function MailPage() {
  const { t } = useT();
  const list = useRows(mailsQuery);
  const [shown, setShown] = useState<MailEntry | null>(null);
  const columns = useMemo(
    (): Column<MailEntry>[] => [
      { id: 'state', header: t('mail:column.state'), fixed: true, cell: (mail) => <StatusBadge kind="mail" state={mail.state} /> },
      {
        id: 'subject',
        header: t('mail:column.subject'),
        wide: true,
        fixed: true,
        cell: (mail) => (
          <Button variant="subtle" size="compact-sm" data-row-link onClick={() => setShown(mail)} className={styles.open}>
            <span lang={mail.lang}>{mail.subject || t('mail:erased')}</span>
          </Button>
        ),
      },
      { id: 'to', header: t('mail:to'), cell: (mail) => mail.to },
      { id: 'kind', header: t('mail:column.kind'), cell: (mail) => <Kind kind={mail.kind} /> },
      { id: 'sent', header: t('mail:column.sent'), cell: (mail) => <When at={mail.sent_at ?? mail.send_after} relative /> },
    ],
    [t],
  );
  return (
    <>
      <PageHeader title={t('mail:title')} count={list.loaded ? `${list.rows.length}${list.more ? '+' : ''}` : undefined} />
      <List {...list} label={t('mail:title')} columns={columns} rowId={(mail) => mail.id} icon="mail" failed={t('mail:failed')} none={t('mail:none')} />
      {shown ? <Letter mail={shown} onClose={() => setShown(null)} /> : null}
    </>
  );
}
