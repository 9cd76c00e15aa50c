import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Pill } from '../../ui/Pill';
import type { BoardView } from './contract';

/** As their makers write them. */
const services = { osrm: 'OSRM', valhalla: 'Valhalla' };

/** Where the ways of the days come from: a road service or the built-in model; and how the service failed last, as long as it does. */
export function Roads({ view: { roads, zone } }: { view: BoardView }) {
  const { t } = useT();
  const word = useWord();
  const { number, instant } = useFormats();
  if (!roads.service) return <span className="dim small">{t('board:roads.model')}</span>;
  const service = services[roads.service];
  if (roads.code && roads.failed_since) {
    return (
      <Pill tone="warn" icon="alert">
        {t('board:roads.failed', { service, why: word('roads', roads.code), since: instant(roads.failed_since, zone), modelled: number(roads.modelled) })}
      </Pill>
    );
  }
  return <span className="dim small">{t('board:roads.service', { service, measured: number(roads.measured), all: number(roads.measured + roads.modelled) })}</span>;
}
