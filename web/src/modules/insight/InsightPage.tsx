import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api, body, type InsightOverview } from '../../api/client';
import { useCountries } from '../../lib/countries';
import { useFormats } from '../../lib/format';
import { useBrands, useNodes, useSymptoms } from '../../lib/names';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Card } from '../../ui/Card';
import { LinesChart } from '../../ui/LinesChart';
import { Chip, PageHeader } from '../../ui/PageHeader';
import { ErrorState, Skeleton } from '../../ui/States';
import { Cuts } from './Cuts';
import { Figures } from './Figures';
import styles from './insight.module.css';
import { type InsightSearch, periods, since } from './search';

const route = getRouteApi('/desk/insight');

/** The name of a value that the figures are cut by. */
function useCutName(): (dimension: string, key: string) => string {
  const { t, has } = useT();
  const word = useWord();
  const brands = useBrands();
  const nodes = useNodes();
  const symptoms = useSymptoms();
  const country = useCountries();
  return (dimension, key) => {
    if (key === '') return t('insight:unknown');
    switch (dimension) {
      case 'brand':
        return brands.get(key)?.name ?? key;
      case 'node':
        return nodes.get(key)?.name ?? key;
      case 'country':
        return country(key);
      case 'symptom':
        return symptoms.name(key);
      case 'work_type':
        return word('workType', key);
      default: {
        const name = `word:${dimension}.${key}`;
        return has(name) ? t(name) : key;
      }
    }
  };
}

function Days({ overview }: { overview: InsightOverview }) {
  const { t } = useT();
  const { date } = useFormats();
  const labels = useMemo(() => overview.days.map(({ on }) => date(on)), [overview, date]);
  const series = useMemo(
    () => [
      { name: t('insight:opened'), color: '#3b7ddd', values: overview.days.map(({ opened }) => opened) },
      { name: t('insight:resolved'), color: '#0f8b75', values: overview.days.map(({ resolved }) => resolved) },
    ],
    [overview, t],
  );
  return <LinesChart label={t('insight:daysLabel', { from: labels[0] ?? '', until: labels.at(-1) ?? '' })} labels={labels} series={series} />;
}

/** How the service stands: what came, what was solved, how fast, how well, at what cost. */
export function InsightPage() {
  const { t } = useT();
  const search = route.useSearch();
  const navigate = useNavigate();
  const brands = useBrands();
  const nodes = useNodes();
  const name = useCutName();
  const { zone } = useFormats();
  const [dimension, setDimension] = useState('brand');
  const days = search.days ?? 30;
  const { data, error, refetch } = useQuery({
    queryKey: ['insight', days, search.brand, search.node],
    queryFn: ({ signal }) => body(api.GET('/v1/insight/overview', { params: { query: { from: since(days, new Date()), brand: search.brand, node: search.node, zone } }, signal })),
    staleTime: 60_000,
  });
  const change = (part: Partial<InsightSearch>) => void navigate({ to: '/insight', search: { ...search, ...part }, replace: true });
  const dimensions = Object.keys(data?.by ?? {});

  return (
    <>
      <PageHeader
        title={t('insight:title')}
        filters={
          <>
            {periods.map((period) => (
              <Chip key={period} on={days === period} onChange={() => change({ days: period })}>
                {t('insight:days', { count: period })}
              </Chip>
            ))}
            <NativeSelect
              size="xs"
              aria-label={t('case:column.brand')}
              value={search.brand ?? ''}
              onChange={(event) => change({ brand: event.currentTarget.value || undefined })}
              data={[{ value: '', label: t('case:queue.allBrands') }, ...[...brands.values()].map(({ id, name: label }) => ({ value: id, label }))]}
            />
            <NativeSelect
              size="xs"
              aria-label={t('case:column.node')}
              value={search.node ?? ''}
              onChange={(event) => change({ node: event.currentTarget.value || undefined })}
              data={[{ value: '', label: t('insight:allNodes') }, ...[...nodes.values()].map(({ id, name: label }) => ({ value: id, label }))]}
            />
          </>
        }
      />
      {error && !data ? <ErrorState what={t('insight:failed')} error={error} retry={() => void refetch()} /> : null}
      {!data && !error ? <Skeleton lines={10} /> : null}
      {data ? (
        <div className={styles.page}>
          <Figures overview={data} />
          <Card title={t('insight:perDay')}>
            <Days overview={data} />
          </Card>
          <Card
            title={t('insight:by')}
            flush
            aside={
              <NativeSelect
                size="xs"
                aria-label={t('insight:by')}
                value={dimension}
                onChange={(event) => setDimension(event.currentTarget.value)}
                data={dimensions.map((value) => ({ value, label: t(`insight:dimension.${value as 'brand'}`) }))}
              />
            }
          >
            <Cuts label={t('insight:by')} cuts={data.by[dimension] ?? []} name={(key) => name(dimension, key)} />
          </Card>
        </div>
      ) : null}
    </>
  );
}
