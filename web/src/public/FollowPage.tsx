import { useState } from 'react';
import { api, body, type DeskPublicCase, type DeskPublicStep } from '../api/client';
import { isProblem } from '../api/problem';
import { useFormats } from '../lib/format';
import { useShortMoney } from '../lib/shortMoney';
import { useT } from '../lib/t';
import { useWord } from '../lib/words';
import { Icon } from '../ui/icons';
import { Stars } from '../ui/Stars';
import { Action, Failure, Field, Heading, Notice, useLoad } from './parts';
import styles from './public.module.css';

const path = (link: string) => ({ params: { path: { link } } });

/** The time of a visit; one that another has replaced, or that was called off, is struck out. */
function VisitTime({ step, zone, stands }: { step: DeskPublicStep; zone: string; stands: boolean }) {
  const { t } = useT();
  const { day, window } = useFormats();
  const short = useShortMoney();
  if (!step.start_at || !step.end_at) return null;
  const when = t('public:follow.when', { day: day(step.start_at, zone), window: window(step.start_at, step.end_at, zone) });
  if (!stands) return <s> {when}</s>;
  return (
    <>
      <strong> {when}</strong>
      {step.reward ? <p>{t('public:follow.reward', { amount: short(step.reward) })}</p> : null}
      {step.reward_lost ? <p>{t('public:follow.rewardLost', { amount: short(step.reward_lost) })}</p> : null}
    </>
  );
}

const calledOff = 'dispatch.appointment_ended.v1';

function Steps({ seen }: { seen: DeskPublicCase }) {
  const { t, has } = useT();
  const { instant, instantFull } = useFormats();
  const known = seen.steps.filter(({ kind }) => has(`public:step.${kind.replace(/\.v\d+$/, '')}`));
  const last = known.findLastIndex(({ kind, start_at }) => start_at ?? kind === calledOff);
  return (
    <ol className={styles.steps}>
      {known.map((step, index) => {
        const key = `public:step.${step.kind.replace(/\.v\d+$/, '')}`;
        return (
          <li key={`${step.at} ${step.kind}`}>
            <span className={styles.mark}>
              <Icon name="check" size={14} />
            </span>
            <div>
              {has(key) ? t(key) : null}
              <VisitTime step={step} zone={seen.zone} stands={index === last} />
              <time dateTime={step.at} title={instantFull(step.at, seen.zone)}>
                {instant(step.at, seen.zone)}
              </time>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function Rate({ link, again }: { link: string; again: () => void }) {
  const { t } = useT();
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async () => {
    setBusy(true);
    setError(null);
    await body(api.POST('/v1/public/cases/{link}/rating', { ...path(link), body: { stars, ...(comment.trim() ? { comment: comment.trim() } : {}) } }))
      .then(again, setError)
      .finally(() => setBusy(false));
  };
  return (
    <section className={styles.card} aria-label={t('public:rate.title')}>
      <h2>{t('public:rate.title')}</h2>
      <Stars value={stars} onChange={setStars} label={t('public:rate.stars')} />
      {stars > 0 ? <Field label={t('public:rate.comment')} name="comment" rows={3} maxLength={4000} value={comment} onChange={(event) => setComment(event.currentTarget.value)} /> : null}
      {error ? <Failure what={t('public:rate.failed')} error={error} /> : null}
      {stars > 0 ? (
        <Action busy={busy} onClick={() => void send()}>
          {t('public:rate.send')}
        </Action>
      ) : null}
    </section>
  );
}

function Urge({ link }: { link: string }) {
  const { t } = useT();
  const [state, setState] = useState<'idle' | 'busy' | 'done'>('idle');
  const [error, setError] = useState<unknown>(null);
  const send = async () => {
    setState('busy');
    await body(api.POST('/v1/public/cases/{link}/chase', path(link))).then(
      () => setState('done'),
      (refusal: unknown) => {
        setError(refusal);
        setState('idle');
      },
    );
  };
  return (
    <div role="status">
      {error ? <Failure what={t('public:urge.failed')} error={error} /> : null}
      {state === 'done' ? (
        <Notice tone="good" icon="check">
          {t('public:urge.done')}
        </Notice>
      ) : (
        <Action quiet busy={state === 'busy'} onClick={() => void send()}>
          {t('public:urge.do')}
        </Action>
      )}
    </div>
  );
}

function Seen({ seen, link, again }: { seen: DeskPublicCase; link: string; again: () => void }) {
  const { t, has } = useT();
  const word = useWord();
  const key = `public:state.${seen.state}`;
  const over = seen.state === 'closed' || seen.state === 'cancelled';
  return (
    <>
      <Heading>{t('public:follow.title', { reference: seen.reference })}</Heading>
      <Notice tone={seen.state === 'waiting' ? 'warn' : 'good'} icon={seen.state === 'waiting' ? 'pause' : 'check'}>
        <strong>{has(key) ? t(key) : seen.state}</strong>
        {seen.waiting_for ? <p>{word('waitingFor', seen.waiting_for)}</p> : null}
      </Notice>
      {seen.ratable ? <Rate link={link} again={again} /> : null}
      {seen.rated ? (
        <Notice tone="good" icon="star">
          {t('public:rate.thanks')} {t('common:stars', { count: seen.rated })}
        </Notice>
      ) : null}
      <section className={styles.card} aria-label={t('public:follow.steps')}>
        <h2>{t('public:follow.steps')}</h2>
        <Steps seen={seen} />
        <p className={styles.hint}>{t('public:follow.zone', { zone: seen.zone })}</p>
      </section>
      {over || seen.state === 'resolved' ? null : <Urge link={link} />}
    </>
  );
}

/** What the holder of a link sees of a case: where it stands, what comes next; no name, no address. */
export function FollowPage({ link }: { link: string }) {
  const { t } = useT();
  const { value, error, again } = useLoad((signal) => body(api.GET('/v1/public/cases/{link}', { ...path(link), signal })), link);
  if (value) return <Seen seen={value} link={link} again={again} />;
  if (isProblem(error) && (error.status === 404 || error.status === 410)) {
    return (
      <>
        <Heading>{t('public:notFound')}</Heading>
        <p>{t('public:follow.noLink')}</p>
      </>
    );
  }
  return (
    <>
      <Heading>{t('public:follow.loading')}</Heading>
      {error ? <Failure what={t('public:follow.failed')} error={error} retry={again} /> : <p role="status" data-state="loading">{t('common:loading')}</p>}
    </>
  );
}
