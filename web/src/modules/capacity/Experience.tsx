import { NativeSelect } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, body, type DispatchExperience, match } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Card } from '../../ui/Card';
import { EmptyState, ErrorState, Skeleton } from '../../ui/States';
import styles from './experience.module.css';
import { barOf, deviation, type Line, linesOf, reachOf } from './learnt';

const uses = ['as_tenant', 'yes', 'no'] as const;
type Use = (typeof uses)[number];

const experienceQuery = (node: string) =>
  queryOptions({ queryKey: ['experience', node], queryFn: ({ signal }) => body(api.GET('/v1/experience/{node}', { params: { path: { node } }, signal })), staleTime: 60_000 });
/** Names of the node's technicians, for those who may know them. */
const crewQuery = (node: string) =>
  queryOptions({ queryKey: ['technicians', node], queryFn: ({ signal }) => body(api.GET('/v1/technicians', { params: { query: { node, all: true, limit: 200 } }, signal })), staleTime: 300_000, retry: false });

const setUse = (node: string, version: number, use: Use) => body(api.PUT('/v1/experience/{node}', { params: { path: { node }, header: match(version) }, body: { use } }));

/** Whether the node's plans go by what was learnt. */
function UseIt({ data }: { data: DispatchExperience }) {
  const { t } = useT();
  const may = useMay();
  const set = useCommand({ run: (to: Use) => setUse(data.node, data.version, to), touches: [['experience', data.node], ['board']], done: ({ used }) => t(used ? 'capacity:learnt.nowUsed' : 'capacity:learnt.nowUnused') });
  if (!may('experience.write')) return <span className="dim small">{t(data.used ? 'capacity:learnt.used' : 'capacity:learnt.unused')}</span>;
  return (
    <NativeSelect
      size="xs"
      aria-label={t('capacity:learnt.use')}
      value={data.use}
      disabled={set.isPending}
      onChange={(event) => set.mutate(event.currentTarget.value as Use)}
      data={uses.map((value) => ({ value, label: value === 'as_tenant' ? t('capacity:learnt.as_tenant', { as: t(`capacity:learnt.${data.tenant}`) }) : t(`capacity:learnt.${value}`) }))}
    />
  );
}

/** A technician's name, or a number for those who may not know it. */
function useWhoIs(node: string, wanted: boolean): (technician: string) => string {
  const { t } = useT();
  const crew = useQuery({ ...crewQuery(node), enabled: wanted }).data?.items ?? [];
  return (technician) => crew.find(({ id }) => id === technician)?.name ?? t('capacity:learnt.someone', { number: technician.slice(-4).toUpperCase() });
}

function Lines({ lines, node }: { lines: Line[]; node: string }) {
  const { t } = useT();
  const word = useWord();
  const { percent, number } = useFormats();
  const people = lines.some(({ kind }) => kind === 'person');
  const whoIs = useWhoIs(node, people);
  const reach = reachOf(lines);
  const nameOf = ({ kind, of }: Line) => {
    if (kind === 'travel') return t('capacity:learnt.travel');
    if (kind === 'work') return word('workType', of);
    return whoIs(of);
  };
  const said = ({ factor }: Line) => {
    const by = deviation(factor);
    if (Math.abs(by) < 0.005) return t('capacity:learnt.same');
    return t(by > 0 ? 'capacity:learnt.longer' : 'capacity:learnt.shorter', { share: percent(Math.abs(by)) });
  };
  return (
    <table className={styles.lines} aria-label={t('capacity:learnt.title')}>
      <thead>
        <tr>
          <th scope="col">{t('capacity:learnt.what')}</th>
          <th scope="col">{t('capacity:learnt.takes')}</th>
          <th scope="col">{t('capacity:learnt.visits')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => {
          const { from, length } = barOf(line.factor, reach);
          return (
            <tr key={line.key} data-kind={line.kind}>
              <th scope="row">{nameOf(line)}</th>
              <td>
                <span className={styles.picture} aria-hidden="true">
                  <i data-longer={deviation(line.factor) > 0 || undefined} style={{ insetInlineStart: `${from}%`, inlineSize: `${length}%` }} />
                </span>
                <span>{said(line)}</span>
              </td>
              <td>{number(line.factor.visits)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** How many visits end with their work done, in all and by who did it. */
function Finish({ finish, node }: { finish: DispatchExperience['finish']; node: string }) {
  const { t } = useT();
  const { percent, number } = useFormats();
  const people = finish.technicians ?? [];
  const whoIs = useWhoIs(node, people.length > 0);
  const rows = [{ key: 'here', name: t('capacity:learnt.atNode'), share: finish.here }, ...people.map(({ technician, share }) => ({ key: technician, name: whoIs(technician), share }))];
  return (
    <table className={styles.lines} aria-label={t('capacity:learnt.finish')} data-finish>
      <thead>
        <tr>
          <th scope="col">{t('capacity:learnt.finish')}</th>
          <th scope="col">{t('capacity:learnt.share')}</th>
          <th scope="col">{t('capacity:learnt.visits')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, share }) => (
          <tr key={key} data-kind={key === 'here' ? 'work' : 'person'}>
            <th scope="row">{name}</th>
            <td>
              <span className={styles.share} aria-hidden="true">
                <i style={{ inlineSize: `${share.permille / 10}%` }} />
              </span>
              <span>{percent(share.permille / 1000)}</span>
            </td>
            <td>{number(share.visits)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What visits as done have taught of a node: how much longer, or shorter, than reckoned ways and work take, and who works how. */
export function Experience({ node }: { node: string }) {
  const { t } = useT();
  const { instant } = useFormats();
  const { data, error, refetch } = useQuery(experienceQuery(node));
  const lines = data ? linesOf(data) : [];
  const finish = data?.finish;
  const nothing = lines.length === 0 && !finish?.here.visits;
  return (
    <Card title={t('capacity:learnt.title')} aside={data ? <UseIt data={data} /> : undefined}>
      <div className={styles.panel} data-learnt>
        {error && !data ? <ErrorState what={t('capacity:learnt.failed')} error={error} retry={() => void refetch()} /> : null}
        {!data && !error ? <Skeleton lines={4} /> : null}
        {data && nothing ? <EmptyState icon="clock" why={t('capacity:learnt.nothing')} /> : null}
        {finish && finish.here.visits > 0 ? <Finish finish={finish} node={node} /> : null}
        {lines.length > 0 ? <Lines lines={lines} node={node} /> : null}
        {data && !nothing ? <p className="dim small">{[t('capacity:learnt.how'), data?.learnt_at ? t('capacity:learnt.at', { at: instant(data.learnt_at) }) : ''].filter(Boolean).join(' ')}</p> : null}
      </div>
    </Card>
  );
}
