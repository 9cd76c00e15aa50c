import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeskCaseView } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useCommands } from '../../lib/commands';
import { useKeys } from '../../lib/keys';
import { useMay } from '../../lib/session';
import { useT } from '../../lib/t';
import { Confirm } from '../../ui/Dialogs';
import { Icon } from '../../ui/icons';
import { commandsIn, type NextAction, nextAction } from './next';
import { chaseCase, decidePlan, type Move, moveCase, planQuery, type Seen, type WaitFor, waitCase, workQuery } from './queries';

const waits: WaitFor[] = ['customer', 'partner', 'part'];

/** What one must be allowed to do for the primary button, where it is not to change the case. */
const needs: Partial<Record<NextAction & string, string>> = { acceptPlan: 'plan.accept', book: 'offer.create', answer: 'message.write' };

/** What takes a move back, while it can be. */
const inverse: Partial<Record<Move, Move>> = { resolve: 'reopen' };

function useMoves(view: DeskCaseView) {
  const { t } = useT();
  const touches = [['case', view.id], ['cases']];
  const back = useCommand({ run: ({ move, seen }: { move: Move; seen: Seen }) => moveCase(seen, move), touches, done: () => t('case:undone') });
  const move = useCommand({
    run: (to: Move) => moveCase(view, to),
    touches,
    done: (_, to) => t(`case:done.${to}`),
    undo: ({ state, version }, to) => {
      const undo = inverse[to];
      return undo ? () => back.mutate({ move: undo, seen: { id: view.id, state, version } }) : undefined;
    },
  });
  const wait = useCommand({ run: (reason: WaitFor) => waitCase(view, reason), touches, done: () => t('case:done.wait') });
  const chase = useCommand({ run: () => chaseCase(view.id), touches, done: () => t('case:done.chase') });
  const accept = useCommand({ run: () => decidePlan(view.id), touches, done: () => t('case:plan.done') });
  return { move, wait, chase, accept };
}

/** Whether a plan waits for somebody to accept it. */
function usePlanProposed(id: string): boolean {
  const plan = useQuery(planQuery(id)).data;
  const first = plan?.proposal.options[0];
  return plan?.state === 'proposed' && first !== undefined && !first.out;
}

/** Whether a visit is ready and nobody has been booked for it. */
function useToBook(id: string): boolean {
  return useQuery(workQuery(id)).data?.items.some((work) => work.kind === 'visit' && work.state === 'ready') ?? false;
}

/** The part of the page where times are offered. */
function goToBooking(): void {
  const booking = document.getElementById('booking');
  booking?.scrollIntoView({ block: 'center' });
  booking?.querySelector('button')?.focus();
}

/** One primary button, chosen by the state of the case; everything else in a menu. */
export function CaseActions({ view, onAnswer }: { view: DeskCaseView; onAnswer: () => void }) {
  const { t } = useT();
  const may = useMay();
  const { move, wait, chase, accept } = useMoves(view);
  const planProposed = usePlanProposed(view.id);
  const [asking, setAsking] = useState(false);
  const commands = may('case.write') ? commandsIn(view.state) : [];
  const next = nextAction({ state: view.state, responded: Boolean(view.responded_at), planProposed, toBook: useToBook(view.id) });
  const busy = move.isPending || wait.isPending || chase.isPending || accept.isPending;

  const run: Record<string, () => void> = {
    acceptPlan: () => accept.mutate(undefined),
    book: goToBooking,
    answer: onAnswer,
    resolve: () => move.mutate('resolve'),
    resume: () => move.mutate('resume'),
    close: () => move.mutate('close'),
    reopen: () => move.mutate('reopen'),
  };
  const primary = next && may(needs[next] ?? 'case.write') ? next : null;
  useKeys(commands.includes('resolve') ? { e: () => move.mutate('resolve') } : {});
  useCommands(
    commands.filter((name) => name !== 'wait' && name !== 'cancel').map((name) => ({ id: `case.${name}`, group: 'do' as const, label: t(`case:do.${name as Move}`), run: () => run[name]?.() })),
    `${view.id} ${view.version} ${view.state}`,
  );

  return (
    <>
      {primary ? (
        <Button onClick={run[primary]} loading={busy}>
          {t(`case:do.${primary}`)}
        </Button>
      ) : null}
      <Menu>
        <Menu.Target>
          <Tooltip label={t('case:more')}>
            <ActionIcon variant="default" aria-label={t('case:more')}>
              <Icon name="more" />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {(['resume', 'resolve', 'reopen', 'close'] as const)
            .filter((name) => commands.includes(name) && name !== primary)
            .map((name) => (
              <Menu.Item key={name} onClick={run[name]}>
                {t(`case:do.${name}`)}
              </Menu.Item>
            ))}
          {commands.includes('wait') ? waits.filter((reason) => reason !== view.waiting_for).map((reason) => (
            <Menu.Item key={reason} leftSection={<Icon name="pause" size={16} />} onClick={() => wait.mutate(reason)}>
              {t(`case:wait.${reason}`)}
            </Menu.Item>
          )) : null}
          <Menu.Item leftSection={<Icon name="alert" size={16} />} onClick={() => chase.mutate(undefined)}>
            {t('case:do.chase')}
          </Menu.Item>
          {commands.includes('cancel') ? (
            <Menu.Item leftSection={<Icon name="ban" size={16} />} onClick={() => setAsking(true)}>
              {t('case:do.cancel')}
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={t('case:cancelAsk')}
        action={t('case:do.cancel')}
        onConfirm={() => {
          setAsking(false);
          move.mutate('cancel');
        }}
      >
        {t('case:cancelWhat')}
      </Confirm>
    </>
  );
}
