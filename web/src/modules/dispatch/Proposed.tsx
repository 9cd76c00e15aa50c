import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCommand } from '../../lib/command';
import { useFormats } from '../../lib/format';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { Icon } from '../../ui/icons';
import styles from './autonomy.module.css';
import { deferProposal, engineQuery, foundQuery } from './engine';
import { useSaved } from './gain';
import type { Proposal } from './whatif/model';

/** One quiet line: a better plan is known, to be looked at or left. */
export function Proposed({ node, onLook }: { node: string; onLook: (found: Proposal) => void }) {
  const { t } = useT();
  const may = useMay();
  const saved = useSaved();
  const { list } = useFormats();
  const queries = useQueryClient();
  const { data } = useQuery(engineQuery(node));
  const look = useCommand({ run: () => queries.fetchQuery(foundQuery(node)), touches: [['engine', node]], after: (found) => (found ? onLook(found) : undefined) });
  const leave = useCommand({ run: () => deferProposal(node), touches: [['engine', node]], done: () => t('board:gain.deferred') });
  const known = data?.proposal;
  if (!known) return null;
  const what = list([
    ...(known.moves > 0 ? [t('board:gain.moves', { count: known.moves })] : []),
    ...(known.places > 0 ? [t('board:gain.places', { count: known.places })] : []),
  ]);
  const less = saved(known.before, known.after);
  return (
    <section className={styles.proposed} aria-label={t('board:gain.title')} data-proposed>
      <Icon name="why" size={16} />
      <p>{less ? t('board:gain.foundLess', { what, less }) : t('board:gain.found', { what })}</p>
      {may('board.write') ? (
        <div>
          <Button size="xs" variant="default" loading={look.isPending} onClick={() => look.mutate(undefined)}>
            {t('board:gain.look')}
          </Button>
          <Button size="xs" variant="subtle" loading={leave.isPending} onClick={() => leave.mutate(undefined)}>
            {t('board:gain.notNow')}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
