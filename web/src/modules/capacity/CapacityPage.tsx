import { Button, NativeSelect } from '@mantine/core';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api, body, type DispatchCapacityView } from '../../api/client';
import { saveCsv, toCsv } from '../../lib/csv';
import { useFormats } from '../../lib/format';
import { useNodes } from '../../lib/names';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { Card } from '../../ui/Card';
import { Icon } from '../../ui/icons';
import { LinesChart } from '../../ui/LinesChart';
import { Chip, PageHeader } from '../../ui/PageHeader';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import styles from './capacity.module.css';
import { CapacityTable } from './CapacityTable';
import { Experience } from './Experience';
import { count, exportRows, hours } from './figures';
import { type CapacitySearch, type Span, spans } from './search';

const route = getRouteApi('/desk/capacity');
const usual: Span = 6;

const capacityQuery = (node: string, weeks: Span, skill: string | undefined) =>
  queryOptions({
    queryKey: ['capacity', node, weeks, skill],
    queryFn: ({ signal }) => body(api.GET('/v1/capacity/{node}', { params: { path: { node }, query: { weeks, ...(skill ? { skill } : {}) } }, signal })),
    staleTime: 60_000,
    placeholderData: keepPreviousData, // the old days stay until the new ones are there
  });

/** The open nodes that may have people, by name. */
function useChoices(): { value: string; label: string }[] {
  const nodes = useNodes();
  const { locale } = useFormats();
  return useMemo(() => {
    const order = new Intl.Collator(locale);
    return [...nodes.values()]
      .filter(({ kind, state }) => kind === 'local_node' && state === 'open')
      .toSorted((a, b) => order.compare(a.name, b.name))
      .map(({ id, name, country }) => ({ value: id, label: `${name} · ${country}` }));
  }, [nodes, locale]);
}

interface FilterProps {
  search: CapacitySearch;
  node: string;
  choices: { value: string; label: string }[];
  skills: string[];
  change: (part: Partial<CapacitySearch>) => void;
}

function Filters({ search, node, choices, skills, change }: FilterProps) {
  const { t } = useT();
  const named = search.skill && !skills.includes(search.skill) ? [search.skill, ...skills] : skills;
  return (
    <>
      <NativeSelect size="xs" aria-label={t('capacity:node')} value={node} onChange={(event) => change({ node: event.currentTarget.value, skill: undefined })} data={choices} />
      <NativeSelect
        size="xs"
        aria-label={t('capacity:skill')}
        value={search.skill ?? ''}
        onChange={(event) => change({ skill: event.currentTarget.value || undefined })}
        data={[{ value: '', label: t('capacity:allSkills') }, ...named.map((value) => ({ value, label: value }))]}
      />
      {spans.map((span) => (
        <Chip key={span} on={(search.weeks ?? usual) === span} onChange={() => change({ weeks: span === usual ? undefined : span })}>
          {t('capacity:weeks', { count: span })}
        </Chip>
      ))}
    </>
  );
}

function Picture({ view }: { view: DispatchCapacityView }) {
  const { t } = useT();
  const { day } = useFormats();
  const labels = useMemo(() => view.days.map((one) => day(`${one.day}T00:00:00Z`, 'UTC')), [view, day]);
  const series = useMemo(
    () => [
      { name: t('capacity:line.capacity'), color: '#0f8b75', values: view.days.map((one) => hours(one.capacity_minutes)) },
      { name: t('capacity:line.promised'), color: '#3b7ddd', values: view.days.map((one) => hours(one.promised_minutes)) },
      { name: t('capacity:line.expected'), color: '#b8761a', values: view.days.map((one) => hours(one.expected_minutes)) },
      { name: t('capacity:line.high'), color: '#b4453a', values: view.days.map((one) => hours(one.high_minutes)) },
    ],
    [view, t],
  );
  return <LinesChart label={t('capacity:picture', { from: labels[0] ?? '', until: labels.at(-1) ?? '' })} labels={labels} series={series} />;
}

function Days({ view }: { view: DispatchCapacityView }) {
  const { t } = useT();
  const { percent } = useFormats();
  const days = count(view);
  return (
    <>
      <ul className={styles.counts}>
        {(['short', 'tight', 'over'] as const).map((name) => (
          <li key={name} className={styles.standing} data-standing={days[name] > 0 ? name : 'free'}>
            {t(`capacity:count.${name}`, { count: days[name] })}
          </li>
        ))}
      </ul>
      <p className="dim small">
        {view.history_days > 0 ? t('capacity:from', { count: view.history_days, minutes: view.visit_minutes, share: percent(view.travel_permille / 1000) }) : t('capacity:noHistory')}
      </p>
      <Card title={t('capacity:perDay')}>
        <Picture view={view} />
      </Card>
      <Card title={t('capacity:days')} flush>
        <CapacityTable view={view} label={t('capacity:days')} />
      </Card>
    </>
  );
}

/** What a node can do in the weeks to come, what is promised, and what work is to be expected. */
export function CapacityPage() {
  const { t } = useT();
  const search = route.useSearch();
  const navigate = useNavigate();
  const choices = useChoices();
  const node = search.node ?? choices[0]?.value ?? '';
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...capacityQuery(node, search.weeks ?? usual, search.skill), enabled: node !== '' });
  const change = (part: Partial<CapacitySearch>) => void navigate({ to: '/capacity', search: { ...search, node, ...part }, replace: true });
  const name = choices.find(({ value }) => value === node)?.label ?? node;
  const learnt = useMay()('experience.read') && node !== '';
  const nobody = data?.days.every(({ technicians, visits }) => technicians === 0 && visits === 0);
  const save = () => {
    if (data) saveCsv(`${t('capacity:file')}-${data.days[0]?.day ?? ''}.csv`, toCsv(exportRows(data, { t, node: name })));
  };

  return (
    <>
      <PageHeader
        title={t('capacity:title')}
        filters={node ? <Filters search={search} node={node} choices={choices} skills={data?.skills ?? []} change={change} /> : null}
        actions={
          data && !nobody ? (
            <Button variant="default" onClick={save} leftSection={<Icon name="file" size={16} />}>
              {t('capacity:save')}
            </Button>
          ) : null
        }
      />
      {error && !data ? <ErrorState what={t('capacity:failed')} error={error} retry={() => void refetch()} /> : null}
      {!data && !error && node ? <Skeleton lines={10} /> : null}
      {node === '' ? <EmptyState icon="calendar" why={t('capacity:noNode')} /> : null}
      {data ? (
        <div className={styles.page} aria-busy={isPlaceholderData} data-state={isPlaceholderData ? 'loading' : undefined}>
          {nobody ? <EmptyState icon="calendar" why={t(search.skill ? 'capacity:nobodyWith' : 'capacity:nobody')} /> : <Days view={data} />}
          {learnt ? <Experience node={node} /> : null}
        </div>
      ) : null}
    </>
  );
}
