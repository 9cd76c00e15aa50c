import { Button, NativeSelect } from '@mantine/core';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api, body, type InsightOverview } from '../../api/client';
import { minorDigits, useFormats } from '../../lib/format';
import { useBrands, useNodes } from '../../lib/names';
import { useNow } from '../../lib/now';
import { useT } from '../../lib/t';
import { Card } from '../../ui/Card';
import { Icon } from '../../ui/icons';
import { LinesChart } from '../../ui/LinesChart';
import { Chip, PageHeader } from '../../ui/PageHeader';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import { Breakdown } from './Breakdown';
import { saveCsv, toCsv } from '../../lib/csv';
import { CutTable } from './CutTable';
import { exportRows } from './export';
import styles from './insight.module.css';
import { useCutName } from './names';
import { type Dimension, dimensions, type InsightSearch, type Period, periods, since } from './search';
import { Tiles } from './Tiles';

const route = getRouteApi('/desk/insight');
const usual: Period = 30;

const overviewQuery = (query: { from: string; brand: string | undefined; node: string | undefined; zone: string }) =>
  queryOptions({
    queryKey: ['insight', query],
    queryFn: ({ signal }) => body(api.GET('/v1/insight/overview', { params: { query }, signal })),
    staleTime: 60_000,
    placeholderData: keepPreviousData, // the old figures stay until the new ones are there
  });

function Filters({ search, change }: { search: InsightSearch; change: (part: Partial<InsightSearch>) => void }) {
  const { t } = useT();
  const { locale } = useFormats();
  const brands = useBrands();
  const nodes = useNodes();
  const options = (things: Map<string, { id: string; name: string }>) => {
    const order = new Intl.Collator(locale);
    return [...things.values()].map(({ id, name }) => ({ value: id, label: name })).toSorted((a, b) => order.compare(a.label, b.label));
  };
  return (
    <>
      {periods.map((period) => (
        <Chip key={period} on={(search.days ?? usual) === period} onChange={() => change({ days: period === usual ? undefined : period })}>
          {t('insight:days', { count: period })}
        </Chip>
      ))}
      <NativeSelect
        size="xs"
        aria-label={t('insight:dimension.brand')}
        value={search.brand ?? ''}
        onChange={(event) => change({ brand: event.currentTarget.value || undefined })}
        data={[{ value: '', label: t('insight:allBrands') }, ...options(brands)]}
      />
      <NativeSelect
        size="xs"
        aria-label={t('insight:dimension.node')}
        value={search.node ?? ''}
        onChange={(event) => change({ node: event.currentTarget.value || undefined })}
        data={[{ value: '', label: t('insight:allNodes') }, ...options(nodes)]}
      />
    </>
  );
}

function Days({ overview }: { overview: InsightOverview }) {
  const { t } = useT();
  const { day } = useFormats();
  const labels = useMemo(() => overview.days.map(({ on }) => day(`${on}T00:00:00Z`, 'UTC')), [overview, day]);
  const series = useMemo(
    () => [
      { name: t('insight:figure.opened'), color: '#3b7ddd', values: overview.days.map(({ opened }) => opened) },
      { name: t('insight:figure.resolved'), color: '#0f8b75', values: overview.days.map(({ resolved }) => resolved) },
    ],
    [overview, t],
  );
  return <LinesChart label={t('insight:daysLabel', { from: labels[0] ?? '', until: labels.at(-1) ?? '' })} labels={labels} series={series} />;
}

/** The parts of the period: bars by number of cases, and one table with every figure. */
function Parts({ overview, search, change }: { overview: InsightOverview; search: InsightSearch; change: (part: Partial<InsightSearch>) => void }) {
  const { t } = useT();
  const cut = dimensions.filter((dimension) => overview.by[dimension]?.length);
  const by = cut.find((dimension) => dimension === search.by) ?? cut[0];
  return (
    <>
      <div className={styles.breakdowns}>
        {cut.map((dimension) => (
          <Breakdown key={dimension} dimension={dimension} cuts={overview.by[dimension] ?? []} total={overview.figures.opened} search={search} />
        ))}
      </div>
      {by ? (
        <Card
          title={t('insight:by')}
          flush
          aside={
            <NativeSelect
              size="xs"
              aria-label={t('insight:by')}
              value={by}
              onChange={(event) => change({ by: event.currentTarget.value as Dimension })}
              data={cut.map((value) => ({ value, label: t(`insight:dimension.${value}`) }))}
            />
          }
        >
          <CutTable label={t('insight:by')} dimension={by} cuts={overview.by[by] ?? []} money={overview.money} />
        </Card>
      ) : null}
    </>
  );
}

function useExport(overview: InsightOverview | undefined): (() => void) | null {
  const { t } = useT();
  const name = useCutName();
  if (!overview) return null;
  return () => {
    const file = `${t('insight:csv.file')}-${overview.days[0]?.on ?? ''}-${overview.days.at(-1)?.on ?? ''}.csv`;
    saveCsv(file, toCsv(exportRows(overview, { t, name, digits: minorDigits })));
  };
}

/** How the service stands: what came, what was resolved, how fast, how well, at what cost. */
export function InsightPage() {
  const { t } = useT();
  const { instant, zone } = useFormats();
  const search = route.useSearch();
  const navigate = useNavigate();
  const from = since(search.days ?? usual, new Date(useNow()));
  const { data, error, refetch, isPlaceholderData } = useQuery(overviewQuery({ from, brand: search.brand, node: search.node, zone }));
  const save = useExport(data);
  const change = (part: Partial<InsightSearch>) => void navigate({ to: '/insight', search: { ...search, ...part }, replace: true });
  const empty = data?.figures.opened === 0;

  return (
    <>
      <PageHeader
        title={t('insight:title')}
        filters={<Filters search={search} change={change} />}
        actions={
          save ? (
            <Button variant="default" onClick={save} leftSection={<Icon name="file" size={16} />}>
              {t('insight:csv.save')}
            </Button>
          ) : null
        }
      />
      {error ? <ErrorState what={t('insight:failed')} error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Skeleton lines={10} /> : null}
      {data ? (
        <div className={styles.page} aria-busy={isPlaceholderData} data-state={isPlaceholderData ? 'loading' : undefined}>
          <p className="dim small">{t('insight:period', { from: instant(data.from), until: instant(data.until), zone })}</p>
          <Tiles overview={data} />
          {empty ? (
            <EmptyState
              icon="chart"
              why={t(search.brand || search.node ? 'insight:nothingHere' : 'insight:nothing')}
              action={
                search.brand || search.node ? (
                  <Button variant="default" onClick={() => change({ brand: undefined, node: undefined })}>
                    {t('insight:showAll')}
                  </Button>
                ) : null
              }
            />
          ) : (
            <>
              <Card title={t('insight:perDay')}>
                <Days overview={data} />
              </Card>
              <Parts overview={data} search={search} change={change} />
            </>
          )}
        </div>
      ) : null}
    </>
  );
}
