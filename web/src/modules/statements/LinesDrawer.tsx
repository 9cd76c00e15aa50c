import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { SettlementCharge, SettlementPayment, SettlementStatement } from '../../api/client';
import { useChargeRule } from '../../lib/chargeRule';
import { useFormats } from '../../lib/format';
import { useRows } from '../../lib/pages';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { MoreButton } from '../../ui/DataTable';
import { SideDrawer } from '../../ui/Dialogs';
import { Icon } from '../../ui/icons';
import { Money } from '../../ui/Money';
import { ErrorState, Skeleton } from '../../ui/States';
import { Payments } from './Payments';
import { linesQuery, linesTableOf } from './queries';
import styles from './statements.module.css';

/** One charge: what, how much of it, by which rule, and the case it came from. */
function Line({ line }: { line: SettlementCharge }) {
  const { t } = useT();
  const word = useWord();
  const ruleOf = useChargeRule();
  const { number, money, instant } = useFormats();
  return (
    <li className={styles.line}>
      <div>
        <strong>{word('cost', line.kind)}</strong>{' '}
        <span className="dim">{t('statement:times', { quantity: number(line.quantity), unit: word('unit', line.unit), each: money({ minor: line.each_minor, currency: line.amount.currency }) })}</span>
        <p className="dim small">
          {instant(line.at)} · {ruleOf(line.rule)}
        </p>
        <p className="small">
          <Link to="/cases/$caseId" params={{ caseId: line.case }}>
            {t('statement:case', { reference: line.case_reference ?? '' })}
          </Link>
        </p>
      </div>
      <Money amount={line.amount} />
    </li>
  );
}

interface Props {
  statement: SettlementStatement;
  title: string;
  onClose: () => void;
  onTakeBack: (payment: SettlementPayment) => void;
}

/** A statement by its payments and its charges. */
export function LinesDrawer({ statement, title, onClose, onTakeBack }: Props) {
  const { t } = useT();
  const { rows, loaded, error, retry, more } = useRows(linesQuery(statement.id));
  return (
    <SideDrawer open onClose={onClose} title={title}>
      <div className={styles.total}>
        <span>{t('statement:column.total')}</span>
        <Money amount={statement.total} />
      </div>
      <Payments statement={statement} onTakeBack={onTakeBack} />
      {error ? <ErrorState what={t('statement:linesFailed')} error={error} retry={retry} /> : null}
      {!loaded && !error ? <Skeleton /> : null}
      <ul className={styles.list}>
        {rows.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
      {loaded && rows.length === 0 ? <p className="dim">{t('statement:noLines')}</p> : null}
      <div className={styles.linesEnd}>
        {more ? <MoreButton {...more} /> : null}
        {rows.length > 0 ? (
          <Button component="a" href={linesTableOf(statement.id)} download variant="default" leftSection={<Icon name="file" size={16} />}>
            {t('statement:saveLines')}
          </Button>
        ) : null}
      </div>
    </SideDrawer>
  );
}
