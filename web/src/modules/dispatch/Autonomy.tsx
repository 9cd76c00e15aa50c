import { Button, Popover, Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCommand } from '../../lib/command';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { When } from '../../ui/When';
import { type Autonomous, engineQuery, levels, setAutonomy } from './engine';

/** How far the node's plan looks after itself, what came of it, and who may change it, does. */
export function Autonomy({ node }: { node: string }) {
  const { t } = useT();
  const may = useMay();
  const { data } = useQuery(engineQuery(node));
  const set = useCommand({
    run: (to: Autonomous) => setAutonomy(node, data?.version ?? 0, to),
    touches: [['engine', node], ['board']],
    done: (engine) => t(`board:engine.${engine.autonomy}.done`),
  });
  if (!data) return null;
  return (
    <Popover position="bottom-start" width={340} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" size="xs">
          {t(`board:engine.${data.autonomy}.short`)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('board:engine.title')}>
        <Stack gap="sm">
          <Radio.Group label={t('board:engine.title')} value={data.autonomy} onChange={(to) => set.mutate(to as Autonomous)}>
            <Stack gap="xs" mt="xs">
              {levels.map((level) => (
                <Radio key={level} value={level} label={t(`board:engine.${level}.name`)} description={t(`board:engine.${level}.what`)} disabled={!may('board.write') || set.isPending} />
              ))}
            </Stack>
          </Radio.Group>
          {data.looked_at ? (
            <p className="dim small">
              {t('board:engine.looked')} <When at={data.looked_at} relative />. {t('board:engine.done', { kept: data.kept, booked: data.booked, told: data.told })}
              {data.unkept > 0 ? ` ${t('board:engine.unkept', { count: data.unkept })}` : ''}
            </p>
          ) : null}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
