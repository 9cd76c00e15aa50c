import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useT } from '../../../lib/t';
import { SideDrawer } from '../../../ui/Dialogs';
import { EmptyState, ErrorState } from '../../../ui/States';
import type { BoardModel } from '../model';
import { proposePlan } from '../queries';
import { Adopt } from './Adopt';
import { Compare } from './Compare';
import { LeftOver } from './LeftOver';
import type { Proposal, Wish } from './model';
import { Progress } from './Progress';
import { Wishes } from './Wishes';
import styles from './whatif.module.css';

interface Props {
  model: BoardModel;
  nameOf: (technician: string) => string;
  /** What was found without being asked for. */
  found: Proposal | undefined;
  onClose: () => void;
}

/** What if: a plan under other conditions, worked out on a copy, compared with now in figures, and adopted only where somebody says so. */
export function WhatIf({ model, nameOf, found, onClose }: Props) {
  const { t } = useT();
  const [wish, setWish] = useState<Wish>({ days: 3, without: [], move: false });
  const { node } = model.view;
  const ask = useMutation({ mutationFn: (watch: string) => proposePlan(node, wish, watch) });
  const [shown, setShown] = useState(found);
  const data = shown ?? ask.data;
  const again = () => {
    setShown(undefined);
    ask.reset();
  };
  const nothing = data && data.places.length === 0 && data.moves.length === 0;
  return (
    <SideDrawer open onClose={onClose} title={t('board:whatif.title')}>
      <div className={styles.panel}>
        {data ? null : <Wishes wish={wish} change={setWish} model={model} nameOf={nameOf} busy={ask.isPending} onAsk={() => ask.mutate(crypto.randomUUID())} />}
        {ask.isPending && ask.variables ? <Progress node={node} watch={ask.variables} /> : null}
        {ask.error ? <ErrorState what={t('board:whatif.failed')} error={ask.error} /> : null}
        {data?.before && data.after ? <Compare before={data.before} after={data.after} /> : null}
        {data?.turned_away ? <p className="dim small">{t('board:whatif.turnedAway', { count: data.turned_away })}</p> : null}
        {data && !nothing && !data.after ? <p className="dim small">{t('board:whatif.unpriced')}</p> : null}
        {nothing ? (
          <>
            <EmptyState
              icon={data.unserved.length > 0 ? 'why' : 'checkCircle'}
              why={t('board:whatif.nothing')}
              action={
                <Button variant="default" onClick={again}>
                  {t('board:whatif.again')}
                </Button>
              }
            />
            <LeftOver proposal={data} model={model} nameOf={nameOf} />
          </>
        ) : null}
        {data && !nothing ? <Adopt proposal={data} model={model} nameOf={nameOf} onAgain={again} onDone={onClose} /> : null}
      </div>
    </SideDrawer>
  );
}
