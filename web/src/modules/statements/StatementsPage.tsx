import { Button } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { SettlementPayment, SettlementStatement } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useBrands, usePartners } from '../../lib/names';
import { useNow } from '../../lib/now';
import { useRows } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import type { Column } from '../../ui/DataTable';
import { Confirm } from '../../ui/Dialogs';
import { Icon } from '../../ui/icons';
import { List } from '../../ui/List';
import { Money } from '../../ui/Money';
import { PageHeader } from '../../ui/PageHeader';
import { StatusBadge } from '../../ui/StatusBadge';
import { Filters } from './Filters';
import { LinesDrawer } from './LinesDrawer';
import { PayDrawer } from './PayDrawer';
import { dayOf, periodName } from './period';
import { movesOf, moveStatement, payable, type StatementMove, statementsQuery, tableOf } from './queries';
import type { StatementSearch } from './search';
import styles from './statements.module.css';
import { TakeBackDialog } from './TakeBackDialog';

const route = getRouteApi('/desk/statements');

interface Asked {
  statement: SettlementStatement;
  move: StatementMove;
}

/** The name of whom a statement is with. */
function useParty(): (statement: SettlementStatement) => string {
  const word = useWord();
  const brands = useBrands();
  const partners = usePartners();
  return (statement) => (statement.brand ? brands.get(statement.brand)?.name : statement.partner ? partners.get(statement.partner)?.name : undefined) ?? word('party', statement.party);
}

/** What a statement is called wherever it stands by itself: with whom, for which month, in which money. */
function useTitle(): (statement: SettlementStatement) => string {
  const party = useParty();
  const { locale } = useFormats();
  return (statement) => `${party(statement)} · ${periodName(statement.from_on, locale)} · ${statement.total.currency}`;
}

interface Handles {
  onShow: (statement: SettlementStatement) => void;
  onPay: (statement: SettlementStatement) => void;
  onMove: (asked: Asked) => void;
}

function useColumns({ onShow, onPay, onMove }: Handles): Column<SettlementStatement>[] {
  const { t } = useT();
  const may = useMay();
  const word = useWord();
  const party = useParty();
  const title = useTitle();
  const { locale, number } = useFormats();
  const today = dayOf(new Date(useNow()));
  return useMemo(
    () => [
      { id: 'state', header: t('statement:column.state'), fixed: true, cell: (one) => <StatusBadge kind="statement" state={one.state} /> },
      {
        id: 'party',
        header: t('statement:column.party'),
        wide: true,
        fixed: true,
        cell: (one) => (
          <button type="button" className={styles.open} data-row-link aria-label={title(one)} onClick={() => onShow(one)}>
            {party(one)}
          </button>
        ),
      },
      { id: 'side', header: t('statement:column.side'), cell: (one) => word('party', one.party) },
      { id: 'period', header: t('statement:column.period'), cell: (one) => periodName(one.from_on, locale) },
      { id: 'lines', header: t('statement:column.lines'), end: true, cell: (one) => number(one.lines) },
      { id: 'total', header: t('statement:column.total'), end: true, cell: (one) => <Money amount={one.total} /> },
      { id: 'remaining', header: t('statement:column.remaining'), end: true, cell: (one) => <Money amount={one.remaining} /> },
      {
        id: 'do',
        header: t('statement:column.do'),
        cell: (one) => (
          <span className={styles.moves}>
            {movesOf(one, may, today).map((to) => (
              <Button key={to} size="compact-sm" variant="default" aria-label={`${t(`statement:do.${to}`)}: ${title(one)}`} onClick={() => onMove({ statement: one, move: to })}>
                {t(`statement:do.${to}`)}
              </Button>
            ))}
            {payable(one.state, may) ? (
              <Button size="compact-sm" variant="default" aria-label={`${t('statement:part.do')}: ${title(one)}`} onClick={() => onPay(one)}>
                {t('statement:part.do')}
              </Button>
            ) : null}
          </span>
        ),
      },
    ],
    [t, may, word, party, title, locale, number, today, onShow, onPay, onMove],
  );
}

/** What brands and partners are owed or owe, month by month. */
export function StatementsPage() {
  const { t } = useT();
  const title = useTitle();
  const search = route.useSearch();
  const navigate = useNavigate();
  const list = useRows(statementsQuery(search));
  const [shown, setShown] = useState<string | null>(null);
  const [wrong, setWrong] = useState<SettlementPayment | null>(null);
  const [paying, setPaying] = useState<SettlementStatement | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const move = useCommand({ run: ({ statement, move: to }: Asked) => moveStatement(statement.id, to), touches: [['statements']], done: (_, { move: to }) => t(`statement:done.${to}`) });
  const columns = useColumns({ onShow: ({ id }) => setShown(id), onPay: setPaying, onMove: setAsked });
  const change = (part: StatementSearch) => void navigate({ to: '/statements', search: { ...search, ...part }, replace: true });
  const narrowed = Object.values(search).some(Boolean);
  const opened = list.rows.find(({ id }) => id === shown);
  return (
    <>
      <PageHeader
        title={t('statement:title')}
        count={list.loaded ? `${list.rows.length}${list.more ? '+' : ''}` : undefined}
        filters={<Filters search={search} change={change} />}
        actions={
          list.rows.length > 0 ? (
            <Button component="a" href={tableOf(search)} download variant="default" leftSection={<Icon name="file" size={16} />}>
              {t('statement:save')}
            </Button>
          ) : null
        }
      />
      <List
        {...list}
        label={t('statement:title')}
        columns={columns}
        rowId={(one) => one.id}
        icon={narrowed ? 'filter' : 'statement'}
        failed={t('statement:failed')}
        none={t(narrowed ? 'statement:noneFits' : 'statement:none')}
        noneAction={
          narrowed ? (
            <Button variant="default" onClick={() => void navigate({ to: '/statements', search: {}, replace: true })}>
              {t('statement:showAll')}
            </Button>
          ) : null
        }
      />
      {opened && !wrong ? <LinesDrawer statement={opened} title={title(opened)} onClose={() => setShown(null)} onTakeBack={setWrong} /> : null}
      {opened && wrong ? <TakeBackDialog statement={opened} payment={wrong} title={title(opened)} onClose={() => setWrong(null)} /> : null}
      {paying ? <PayDrawer statement={paying} title={title(paying)} onClose={() => setPaying(null)} /> : null}
      <Confirm
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? `${t(`statement:do.${asked.move}`)}: ${title(asked.statement)}` : ''}
        action={asked ? t(`statement:do.${asked.move}`) : ''}
        onConfirm={() => {
          if (asked) move.mutate(asked);
          setAsked(null);
        }}
      >
        {asked ? t(`statement:what.${asked.move}`) : null}
      </Confirm>
    </>
  );
}
