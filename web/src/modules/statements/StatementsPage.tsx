import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { SettlementStatement } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useBrands, usePartners } from '../../lib/names';
import { useRows } from '../../lib/pages';
import { dayBefore } from '../../lib/reasons';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import type { Column } from '../../ui/DataTable';
import { Confirm } from '../../ui/Dialogs';
import { List } from '../../ui/List';
import { Money } from '../../ui/Money';
import { PageHeader } from '../../ui/PageHeader';
import { StatusBadge } from '../../ui/StatusBadge';
import { LinesDrawer } from './LinesDrawer';
import { PayDrawer } from './PayDrawer';
import { movesOf, moveStatement, payable, type StatementMove, statementsQuery } from './queries';

interface Asked {
  statement: SettlementStatement;
  move: StatementMove;
}

/** The name of whom a statement is with. */
export function useParty(): (statement: SettlementStatement) => string {
  const word = useWord();
  const brands = useBrands();
  const partners = usePartners();
  return (statement) => (statement.brand ? brands.get(statement.brand)?.name : statement.partner ? partners.get(statement.partner)?.name : undefined) ?? word('party', statement.party);
}

/** What brands and partners are owed or owe, month by month. */
export function StatementsPage() {
  const { t } = useT();
  const may = useMay();
  const word = useWord();
  const party = useParty();
  const { date, number } = useFormats();
  const list = useRows(statementsQuery);
  const [shown, setShown] = useState<SettlementStatement | null>(null);
  const [paying, setPaying] = useState<SettlementStatement | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const move = useCommand({ run: ({ statement, move: to }: Asked) => moveStatement(statement.id, to), touches: [['statements']], done: (_, { move: to }) => t(`statement:done.${to}`) });
  const columns = useMemo(
    (): Column<SettlementStatement>[] => [
      { id: 'state', header: t('statement:column.state'), fixed: true, cell: (one) => <StatusBadge kind="statement" state={one.state} /> },
      {
        id: 'party',
        header: t('statement:column.party'),
        wide: true,
        fixed: true,
        cell: (one) => (
          <Button variant="subtle" size="compact-sm" data-row-link onClick={() => setShown(one)}>
            {party(one)}
          </Button>
        ),
      },
      { id: 'side', header: t('statement:column.side'), cell: (one) => word('party', one.party) },
      { id: 'period', header: t('statement:column.period'), cell: (one) => `${date(one.from_on)} – ${date(dayBefore(one.until_on))}` },
      { id: 'lines', header: t('statement:column.lines'), end: true, cell: (one) => number(one.lines) },
      { id: 'total', header: t('statement:column.total'), end: true, cell: (one) => <Money amount={one.total} /> },
      { id: 'remaining', header: t('statement:column.remaining'), end: true, cell: (one) => <Money amount={one.remaining} /> },
      {
        id: 'do',
        header: t('statement:column.do'),
        cell: (one) => (
          <span style={{ display: 'flex', gap: 6 }}>
            {movesOf(one.state, may).map((to) => (
              <Button key={to} size="compact-sm" variant="default" aria-label={`${t(`statement:do.${to}`)}: ${party(one)}`} onClick={() => setAsked({ statement: one, move: to })}>
                {t(`statement:do.${to}`)}
              </Button>
            ))}
            {payable(one.state, may) ? (
              <Button size="compact-sm" variant="default" aria-label={`${t('statement:part.do')}: ${party(one)}`} onClick={() => setPaying(one)}>
                {t('statement:part.do')}
              </Button>
            ) : null}
          </span>
        ),
      },
    ],
    [t, may, word, party, date, number],
  );
  return (
    <>
      <PageHeader title={t('statement:title')} count={list.loaded ? `${list.rows.length}${list.more ? '+' : ''}` : undefined} />
      <List {...list} label={t('statement:title')} columns={columns} rowId={(one) => one.id} icon="statement" failed={t('statement:failed')} none={t('statement:none')} />
      {shown ? <LinesDrawer statement={shown} title={party(shown)} onClose={() => setShown(null)} /> : null}
      {paying ? <PayDrawer statement={paying} party={party(paying)} onClose={() => setPaying(null)} /> : null}
      <Confirm
        open={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? `${t(`statement:do.${asked.move}`)}: ${party(asked.statement)}` : ''}
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
