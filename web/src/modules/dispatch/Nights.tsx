import type { DispatchNight } from '../../api/client';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import styles from './autonomy.module.css';
import { useSaved } from './gain';

/** What came of a night, in words. */
function useNight(): (night: DispatchNight) => string {
  const { t } = useT();
  const { list } = useFormats();
  const saved = useSaved();
  return (night) => {
    if (!night.ended_at) return t('board:night.running');
    const done = (['moved', 'booked', 'proposed', 'refused'] as const).filter((what) => night[what] > 0).map((what) => t(`board:night.${what}`, { count: night[what] }));
    if (done.length === 0) return t('board:night.nothing');
    const less = saved(night.before, night.after);
    return less ? t('board:night.less', { what: list(done), less }) : list(done);
  };
}

/** The last night, and those before it for who wants to know. */
export function Nights({ nights }: { nights: DispatchNight[] }) {
  const { t } = useT();
  const { date } = useFormats();
  const tell = useNight();
  const [last, ...before] = nights;
  if (!last) return null;
  return (
    <div data-nights>
      <p>{t('board:night.last', { day: date(last.day), what: tell(last) })}</p>
      {before.length > 0 ? (
        <details className={styles.nights}>
          <summary>{t('board:night.before', { count: before.length })}</summary>
          <ul>
            {before.map((night) => (
              <li key={night.day}>{t('board:night.on', { day: date(night.day), what: tell(night) })}</li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
