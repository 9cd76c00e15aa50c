import { Button, NumberInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { DispatchEngine } from '../../api/client';
import { isProblem } from '../../api/problem';
import { minorOf } from '../../lib/amount';
import { useCommand } from '../../lib/command';
import { minorDigits, useFormats } from '../../lib/format';
import { useMay } from '../../lib/session';
import { useShortMoney } from '../../lib/shortMoney';
import { useT } from '../../lib/t';
import { setSteering, type Steering as Set } from './engine';
import styles from './steering.module.css';

/** What was refused, by the field that it is about. */
type Refused = 'share' | 'most' | 'forbidden' | 'other';

function refusedOf(error: unknown): Refused | undefined {
  if (!error) return undefined;
  if (!isProblem(error)) return 'other';
  for (const { pointer, code } of error.fields) {
    if (code === 'forbidden') return 'forbidden';
    if (pointer.includes('share_permille')) return 'share';
    if (pointer.includes('most')) return 'most';
  }
  return 'other';
}

/** What came of rewards lately. */
function Came({ engine }: { engine: DispatchEngine }) {
  const { t } = useT();
  const short = useShortMoney();
  if (engine.steered.length === 0) return <p className="dim small">{t('reward:cameNone')}</p>;
  return engine.steered.map(({ taken, granted, saved }) => (
    <p key={granted.currency} className="dim small" data-came>
      {t('reward:came', { count: taken, granted: short(granted), saved: short(saved) })}
    </p>
  ));
}

/** The two numbers, as they are typed. */
function Fields({ engine, currency, id }: { engine: DispatchEngine; currency: string; id: string }) {
  const { t } = useT();
  const { percent } = useFormats();
  const short = useShortMoney();
  const digits = minorDigits(currency);
  const { share_permille: now, most } = engine.steering;
  const [share, setShare] = useState<string | number>(now / 10);
  const [upTo, setUpTo] = useState<string | number>(most ? most.minor / 10 ** digits : '');
  const set = useCommand({
    shown: true,
    run: (to: Set) => setSteering(engine.node, engine.version, engine.autonomy, to),
    touches: [['engine', engine.node]],
    done: ({ steering }) => (steering.share_permille > 0 && steering.most ? t('reward:on', { share: percent(steering.share_permille / 1000), amount: short(steering.most) }) : t('reward:none')),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    const minor = minorOf(String(upTo), digits);
    set.mutate({ share_permille: Math.round(Number(share) * 10), ...(minor ? { most: { minor, currency } } : {}) });
  };
  const refused = refusedOf(set.error);
  const said = (field: Refused) => (refused === field ? t(`reward:refused.${field}`) : undefined);
  return (
    <form onSubmit={send} aria-labelledby={id} noValidate className={styles.form}>
      <NumberInput size="xs" name="share" label={t('reward:share')} value={share} onChange={setShare} min={0} max={100} decimalScale={1} error={said('share')} />
      <NumberInput size="xs" name="most" label={t('reward:most', { currency })} value={upTo} onChange={setUpTo} min={0} decimalScale={digits} error={said('most')} />
      <Button type="submit" size="xs" variant="default" loading={set.isPending}>
        {t('reward:save')}
      </Button>
      {refused === 'forbidden' || refused === 'other' ? (
        <p role="alert" className="small">
          {t(`reward:refused.${refused}`)}
        </p>
      ) : null}
    </form>
  );
}

/** What customers of the node are promised for times that are cheaper for us, and what came of it. */
export function Steering({ engine }: { engine: DispatchEngine }) {
  const { t } = useT();
  const { percent } = useFormats();
  const short = useShortMoney();
  const may = useMay();
  const { share_permille: share, most } = engine.steering;
  const currency = most?.currency && engine.paid_in.includes(most.currency) ? most.currency : engine.paid_in[0];
  const id = `steering-${engine.node}`;
  return (
    <section className={styles.steering} data-steering aria-labelledby={id}>
      <h3 id={id}>{t('reward:title')}</h3>
      <p className="dim small">{t('reward:help')}</p>
      {may('board.write') && currency ? <Fields key={`${share} ${most?.minor ?? ''} ${currency}`} engine={engine} currency={currency} id={id} /> : null}
      {may('board.write') && !currency ? <p className="small">{t('reward:nobody')}</p> : null}
      {may('board.write') ? null : <p className="small">{share > 0 && most ? t('reward:on', { share: percent(share / 1000), amount: short(most) }) : t('reward:none')}</p>}
      <Came engine={engine} />
    </section>
  );
}
