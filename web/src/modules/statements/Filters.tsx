import { NativeSelect } from '@mantine/core';
import { useFormats } from '../../lib/format';
import { useBrands, usePartners } from '../../lib/names';
import { useNow } from '../../lib/now';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Chip } from '../../ui/PageHeader';
import { periodName, periodsUntil } from './period';
import { type StatementSearch, stages } from './search';
import styles from './statements.module.css';

interface Props {
  search: StatementSearch;
  change: (part: StatementSearch) => void;
}

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

/** With whom: brands and partners in one list, since a statement is with one of either. */
function Whom({ search, change }: Props) {
  const { t } = useT();
  const word = useWord();
  const sides = [
    { side: 'brand', known: [...useBrands().values()] },
    { side: 'partner', known: [...usePartners().values()] },
  ];
  return (
    <NativeSelect
      size="xs"
      className={styles.choice}
      aria-label={t('statement:column.party')}
      value={search.brand ? `brand ${search.brand}` : search.partner ? `partner ${search.partner}` : ''}
      onChange={(event) => {
        const [side, id] = event.currentTarget.value.split(' ');
        change({ brand: side === 'brand' ? id : undefined, partner: side === 'partner' ? id : undefined });
      }}
      data={[
        { value: '', label: t('statement:anybody') },
        ...sides
          .filter(({ known }) => known.length > 0)
          .map(({ side, known }) => ({ group: word('party', side), items: known.toSorted(byName).map(({ id, name }) => ({ value: `${side} ${id}`, label: name })) })),
      ]}
    />
  );
}

/** What the list is narrowed to: the stage, with whom, and the month or year. */
export function Filters({ search, change }: Props) {
  const { t } = useT();
  const { locale } = useFormats();
  const periods = periodsUntil(new Date(useNow()));
  const offered = search.period && !periods.includes(search.period) ? [search.period, ...periods] : periods;
  return (
    <>
      {stages.map((stage) => (
        <Chip key={stage} on={search.stage === stage} onChange={(on) => change({ stage: on ? stage : undefined })}>
          {t(`statement:stage.${stage}`)}
        </Chip>
      ))}
      <Whom search={search} change={change} />
      <NativeSelect
        size="xs"
        aria-label={t('statement:column.period')}
        value={search.period ?? ''}
        onChange={(event) => change({ period: event.currentTarget.value || undefined })}
        data={[{ value: '', label: t('statement:anyPeriod') }, ...offered.map((period) => ({ value: period, label: periodName(period, locale) }))]}
      />
    </>
  );
}
