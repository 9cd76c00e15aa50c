import { useQuery } from '@tanstack/react-query';
import type { SlaClockView } from '../../../api/client';
import type { Clock, ClockState } from '../../../lib/sla';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { RailSection } from '../../../ui/Card';
import { SlaPill } from '../../../ui/SlaPill';
import styles from '../cases.module.css';
import { clocksQuery } from '../queries';
import { Panel } from './Panel';

const states: Record<string, ClockState> = { running: 'running', paused: 'paused', met: 'met', breached: 'breached' };

/** A clock of the API as a pill shows it; null for one that was called off. */
export function toClock(view: SlaClockView): Clock | null {
  const state = states[view.state];
  const dueAt = view.due_at ?? view.due_if_resumed_at ?? view.breached_at ?? view.ended_at;
  if (!state || !dueAt) return null;
  return { state, startedAt: view.started_at, dueAt, endedAt: view.ended_at };
}

/** Every promise on the case: to whom, and how it stands. */
export function Clocks({ caseId, zone }: { caseId: string; zone: string }) {
  const { t } = useT();
  const word = useWord();
  const query = useQuery({ ...clocksQuery(caseId), refetchInterval: 60_000 });
  return (
    <RailSection title={t('case:section.clocks')}>
      <Panel query={query} none={t('case:none.clocks')} failed={t('case:sectionFailed.clocks')}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="dim">{t('case:none.clocks')}</p>
          ) : (
            <ul className={styles.clocks}>
              {items.map((view) => {
                const clock = toClock(view);
                return clock ? (
                  <li key={`${view.to} ${view.kind}`}>
                    <span>
                      {word('promise', view.kind)} <span className="dim small">{t('case:promisedTo', { party: word('party', view.to) })}</span>
                    </span>
                    <SlaPill clock={clock} zone={zone} />
                  </li>
                ) : null;
              })}
            </ul>
          )
        }
      </Panel>
    </RailSection>
  );
}
