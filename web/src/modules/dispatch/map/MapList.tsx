import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { useStateWord } from '../../../ui/StatusBadge';
import styles from './map.module.css';
import type { OpenPlace, Route } from './routes';

interface Props {
  routes: Route[];
  open: OpenPlace[];
  nameOf: (technician: string) => string;
  zone: string;
  onPick: (id: string) => void;
}

/** The same as the map in words. */
export function MapList({ routes, open, nameOf, zone, onPick }: Props) {
  const { t } = useT();
  const { time } = useFormats();
  const stateWord = useStateWord();
  return (
    <div className={styles.list}>
      {routes.map((route) => (
        <section key={route.technician} aria-label={nameOf(route.technician)}>
          <h3>{nameOf(route.technician)}</h3>
          {route.stops.length === 0 ? <p className="dim small">{t('board:free')}</p> : null}
          <ol>
            {route.stops.map((stop) => (
              <li key={stop.id}>
                <button type="button" onClick={() => onPick(stop.id)}>
                  {time(new Date(stop.from), zone)} {stop.reference}
                </button>{' '}
                <span className="dim small">{stop.risk ? t('board:atRisk') : stateWord('appointment', stop.state)}</span>
              </li>
            ))}
          </ol>
        </section>
      ))}
      {open.length > 0 ? (
        <section aria-label={t('board:map.open')}>
          <h3>{t('board:map.open')}</h3>
          <ul>
            {open.map((job) => (
              <li key={job.id}>
                <button type="button" onClick={() => onPick(job.id)}>
                  {job.reference}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
