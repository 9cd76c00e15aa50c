import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { SideDrawer } from '../../../ui/Dialogs';
import { EmptyState, ErrorState } from '../../../ui/States';
import type { BoardModel } from '../model';
import { proposePlan } from '../queries';
import { Adopt } from './Adopt';
import { Compare } from './Compare';
import type { Wish } from './model';
import { Wishes } from './Wishes';
import styles from './whatif.module.css';

/** How long it has been worked on, told every second. */
function Clock() {
  const { t } = useT();
  const { number } = useFormats();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={styles.progress} role="status">
      {t('board:whatif.busy', { time: number(seconds, { style: 'unit', unit: 'second', unitDisplay: 'narrow' }) })}
      <progress aria-label={t('board:whatif.ask')} />
    </div>
  );
}

interface Props {
  model: BoardModel;
  nameOf: (technician: string) => string;
  onClose: () => void;
}

/** What if: a plan under other conditions, worked out on a copy, compared with now in figures, and adopted only where somebody says so. */
export function WhatIf({ model, nameOf, onClose }: Props) {
  const { t } = useT();
  const [wish, setWish] = useState<Wish>({ days: 3, without: [], move: false });
  const ask = useMutation({ mutationFn: () => proposePlan(model.view.node, wish) });
  const { data } = ask;
  const nothing = data && data.places.length === 0 && data.moves.length === 0;
  return (
    <SideDrawer open onClose={onClose} title={t('board:whatif.title')}>
      <div className={styles.panel}>
        {data ? null : <Wishes wish={wish} change={setWish} model={model} nameOf={nameOf} busy={ask.isPending} onAsk={() => ask.mutate()} />}
        {ask.isPending ? <Clock /> : null}
        {ask.error ? <ErrorState what={t('board:whatif.failed')} error={ask.error} /> : null}
        {data ? <Compare before={data.before} after={data.after} /> : null}
        {nothing ? (
          <EmptyState
            icon="checkCircle"
            why={t('board:whatif.nothing')}
            action={
              <Button variant="default" onClick={() => ask.reset()}>
                {t('board:whatif.again')}
              </Button>
            }
          />
        ) : null}
        {data && !nothing ? <Adopt proposal={data} model={model} nameOf={nameOf} onAgain={() => ask.reset()} onDone={onClose} /> : null}
      </div>
    </SideDrawer>
  );
}
