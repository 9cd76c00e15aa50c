import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeskCaseView, RemedyOption, RemedyView } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useFormats } from '../../../lib/format';
import { type CodedReason, useReason } from '../../../lib/reasons';
import { useMay } from '../../../lib/session';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { Card } from '../../../ui/Card';
import { Icon } from '../../../ui/icons';
import { Pill } from '../../../ui/Pill';
import { WhyPopover } from '../../../ui/WhyPopover';
import styles from '../cases.module.css';
import { mayPropose } from '../next';
import { decidePlan, planQuery, proposeAgain, workQuery } from '../queries';
import { OverruleDrawer } from './OverruleDrawer';
import { Panel } from './Panel';

const SHOWN = 3;

function Figures({ option, currency }: { option: RemedyOption; currency: string }) {
  const { t } = useT();
  const { money, percent, duration } = useFormats();
  return (
    <dl className={styles.figures}>
      <div>
        <dt>{t('case:plan.odds')}</dt>
        <dd>{percent(option.odds_permille / 1000)}</dd>
      </div>
      <div>
        <dt>{t('case:plan.cost')}</dt>
        <dd>{money({ minor: option.expected_minor, currency })}</dd>
      </div>
      <div>
        <dt>{t('case:plan.time')}</dt>
        <dd>{duration(option.hours * 3_600_000)}</dd>
      </div>
    </dl>
  );
}

function Option({ option, rank, plan, choose }: { option: RemedyOption; rank: number; plan: RemedyView; choose?: (() => void) | undefined }) {
  const { t } = useT();
  const word = useWord();
  const currency = plan.facts.currency ?? 'EUR';
  const reason = useReason(currency);
  const chosen = plan.state !== 'proposed' && plan.mode === option.mode;
  const name = word('mode', option.mode);
  return (
    <li className={styles.option} data-chosen={chosen || undefined} data-out={option.out || undefined}>
      <span className={styles.rank} aria-hidden="true">
        {option.out ? <Icon name="ban" size={14} /> : rank}
      </span>
      <div className={styles.optionBody}>
        <div className={styles.optionHead}>
          <strong>{name}</strong>
          {chosen ? (
            <Pill tone="onsite" icon="check">
              {t(plan.state === 'overruled' ? 'case:plan.overruled' : 'case:plan.chosen')}
            </Pill>
          ) : null}
          {option.prior_only && !option.out ? <span className="dim small">{t('case:plan.prior')}</span> : null}
        </div>
        {option.out ? <p className="dim small">{(option.reasons ?? []).map((one) => reason(one as CodedReason)).join(' ')}</p> : <Figures option={option} currency={currency} />}
      </div>
      <span className={styles.optionEnd}>
        {option.out ? null : (
          <WhyPopover title={name} policy={String(plan.proposal.policy)} reasons={(option.reasons ?? []).map((one) => ({ weight: one.code === 'remedy.wished' ? 'for' : 'neutral', text: reason(one as CodedReason) }))} />
        )}
        {choose ? (
          <Button size="compact-sm" variant="default" onClick={choose} aria-label={t('case:plan.chooseOne', { mode: name })}>
            {t('case:plan.choose')}
          </Button>
        ) : null}
      </span>
    </li>
  );
}

/** How often each way was gone, in the order in which they were tried. */
function timesOf(tried: readonly { mode: string }[]): [string, number][] {
  const times = new Map<string, number>();
  for (const { mode } of tried) times.set(mode, (times.get(mode) ?? 0) + 1);
  return [...times];
}

/** The ranked ways to fix the case: the first, or another one with a reason. */
export function Plan({ view }: { view: DeskCaseView }) {
  const { t } = useT();
  const may = useMay();
  const word = useWord();
  const { list } = useFormats();
  const query = useQuery(planQuery(view.id));
  const works = useQuery({ ...workQuery(view.id), enabled: may('work.read') }).data?.items ?? [];
  const [all, setAll] = useState(false);
  const [instead, setInstead] = useState<string | null>(null);
  const decide = useCommand({
    run: ({ mode, reason }: { mode?: string; reason?: string }) => decidePlan(view.id, mode, reason),
    touches: [['case', view.id], ['cases']],
    done: () => t('case:plan.done'),
    after: () => setInstead(null),
  });
  const again = useCommand({
    run: () => proposeAgain(view.id),
    touches: [['case', view.id], ['cases']],
    done: () => t('case:plan.proposedAgain'),
  });
  return (
    <Card title={t('case:section.plan')}>
      <Panel query={query} none={t('case:none.plan')} failed={t('case:sectionFailed.plan')}>
        {(plan) => {
          const { options } = plan.proposal;
          const open = plan.state === 'proposed';
          const noWay = open && options.every(({ out }) => out); // then the reasons are all that there is to say
          const shown = all || noWay ? options : options.filter((option, index) => index < SHOWN && !option.out);
          const chosen = options.find(({ mode }) => mode === plan.mode);
          const tried = timesOf(plan.facts.tried ?? []);
          const listed = !open && !all && chosen ? [chosen] : shown;
          return (
            <>
              {plan.proposal.owed ? (
                <p className={styles.owed}>
                  <Icon name="shield" size={16} /> {t('case:plan.owed')}
                </p>
              ) : null}
              {tried.length > 0 ? <p className={`dim small ${styles.tried}`}>{t('case:plan.tried', { ways: list(tried.map(([mode, times]) => (times > 1 ? `${word('mode', mode)} × ${times}` : word('mode', mode)))) })}</p> : null}
              {noWay ? (
                <p className={styles.owed}>
                  <Icon name="ban" size={16} /> {t('case:plan.noWay')}
                </p>
              ) : null}
              <ol className={styles.options}>
                {listed.map((option) => (
                  <Option
                    key={option.mode}
                    option={option}
                    rank={options.indexOf(option) + 1}
                    plan={plan}
                    choose={open && !option.out && may('plan.overrule') && options.indexOf(option) > 0 ? () => setInstead(option.mode) : undefined}
                  />
                ))}
              </ol>
              <div className={styles.planEnd}>
                {open && may('plan.accept') && options[0] && !options[0].out ? (
                  <Button variant="default" onClick={() => decide.mutate({})} loading={decide.isPending}>
                    {t('case:do.acceptPlan')}
                  </Button>
                ) : null}
                {may('plan.overrule') && mayPropose(view.state, works) ? (
                  <Button variant="subtle" color="gray" onClick={() => again.mutate(undefined)} loading={again.isPending}>
                    {t('case:do.proposeAgain')}
                  </Button>
                ) : null}
                {options.length > listed.length || all ? (
                  <Button variant="subtle" color="gray" onClick={() => setAll(!all)}>
                    {t(all ? 'case:plan.fewer' : 'case:plan.all', { count: options.length })}
                  </Button>
                ) : null}
              </div>
              {instead ? <OverruleDrawer mode={instead} busy={decide.isPending} onClose={() => setInstead(null)} onChoose={(reason) => decide.mutate({ mode: instead, reason })} /> : null}
            </>
          );
        }}
      </Panel>
    </Card>
  );
}
