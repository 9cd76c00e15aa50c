import { ActionIcon, Button, NativeSelect, Tooltip } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import { useFormats } from '../../../lib/format';
import { useNow } from '../../../lib/now';
import { useT } from '../../../lib/t';
import { Icon } from '../../../ui/icons';
import { dayAt, instantAt } from '../clock';
import { setHot, useHot } from '../hot';
import type { BoardModel } from '../model';
import { Layers, placesOf } from './Layers';
import styles from './map.module.css';
import { MapList } from './MapList';
import { plane, scaleBar } from './plane';
import { middleOf, openPlaces, routesOf } from './routes';
import { useFrame } from './useFrame';

interface Props {
  model: BoardModel;
  nameOf: (technician: string) => string;
  /** The visit that is looked at: its route stands out. */
  current: string | undefined;
  onPick: (id: string) => void;
  onClose: () => void;
}

const stopAt = (target: EventTarget): string | undefined => (target instanceof Element ? target.closest<SVGElement>('[data-stop]')?.dataset['stop'] : undefined);

/** The day of the map: today where it is shown, else the first. */
function useDay(model: BoardModel): [string, (day: string) => void] {
  const now = useNow();
  const today = dayAt(now, model.view.zone);
  const [chosen, choose] = useState('');
  const fallback = model.days.includes(today) ? today : (model.days[0] ?? today);
  return [model.days.includes(chosen) ? chosen : fallback, choose];
}

/** Where everybody goes: straight lines between coarse places, nothing from outside. What is pointed at here is marked on the board, and the other way round. */
export function MapPane({ model, nameOf, current, onPick, onClose }: Props) {
  const { t } = useT();
  const { day: dayWord, number } = useFormats();
  const now = useNow();
  const hot = useHot();
  const svg = useRef<SVGSVGElement>(null);
  const [who, setWho] = useState('');
  const [asList, setAsList] = useState(false);
  const [day, setDay] = useDay(model);
  const { zone } = model.view;
  const routes = useMemo(() => routesOf(model, day, who || undefined, now), [model, day, who, now]);
  const open = useMemo(() => openPlaces(model), [model]);
  const { drawn, openDrawn, points } = useMemo(() => {
    const places = [...routes.flatMap(({ home, stops }) => [...(home ? [home] : []), ...stops.map(({ place }) => place)]), ...open.map(({ place }) => place)];
    const at = plane(middleOf(places));
    return {
      drawn: routes.map(({ technician, home, stops }) => ({ technician, home: home && at(home), stops: stops.map(({ id, number: nth, risk, place }) => ({ id, number: nth, risk, at: at(place) })) })),
      openDrawn: open.map(({ id, place }) => ({ id, at: at(place) })),
      points: places.map(at),
    };
  }, [routes, open]);
  const { frame, size, closer, farther, all, handlers } = useFrame(svg, points);
  const looked = hot ?? current;
  const chosen = who || (looked ? model.visit.get(looked)?.technician : undefined);
  const mark = looked ? placesOf({ routes: drawn, open: openDrawn, frame }).get(looked) : undefined;
  const bar = scaleBar(frame.scale, size.width / 4);
  const length = bar.metres >= 1000 ? number(bar.metres / 1000, { style: 'unit', unit: 'kilometer' }) : number(bar.metres, { style: 'unit', unit: 'meter' });
  const stops = routes.reduce((sum, route) => sum + route.stops.length, 0);
  const label = t('board:map.label', { routes: routes.length, stops, open: open.length });

  return (
    <section className={styles.pane} aria-label={t('board:map.title')}>
      <div className={styles.head}>
        <h2>{t('board:map.title')}</h2>
        <ActionIcon aria-label={t('board:map.hide')} onClick={onClose}>
          <Icon name="close" />
        </ActionIcon>
      </div>
      <div className={styles.picks}>
        <NativeSelect
          size="xs"
          aria-label={t('board:map.who')}
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
          data={[{ value: '', label: t('board:map.everybody') }, ...model.lanes.map(({ id }) => ({ value: id, label: nameOf(id) }))]}
        />
        {model.days.length > 1 ? (
          <NativeSelect size="xs" aria-label={t('board:day')} value={day} onChange={(event) => setDay(event.currentTarget.value)} data={model.days.map((one) => ({ value: one, label: dayWord(new Date(instantAt(one, 720, zone)), zone) }))} />
        ) : null}
      </div>
      {asList ? (
        <MapList routes={routes} open={open} nameOf={nameOf} zone={zone} onPick={onPick} />
      ) : (
        <div className={styles.frame}>
          {/* What it shows stands in the list as well; keys move and zoom it. */}
          {/* oxlint-disable jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex, jsx-a11y/click-events-have-key-events */}
          <svg
            ref={svg}
            role="img"
            aria-label={label}
            tabIndex={0}
            className={styles.map}
            {...handlers}
            onPointerOver={(event) => setHot(stopAt(event.target))}
            onPointerLeave={() => setHot(undefined)}
            onClick={(event) => {
              const id = stopAt(event.target);
              if (id) onPick(id);
            }}
          >
            <Layers routes={drawn} open={openDrawn} frame={frame} chosen={chosen} />
            {mark ? <circle className={styles.mark} cx={mark.x} cy={mark.y} r={13} /> : null}
            <g className={styles.scale} transform={`translate(10 ${size.height - 12})`}>
              <path d={`M0 -6v6h${bar.pixels}v-6`} />
              <text x={bar.pixels + 6} y={0}>
                {length}
              </text>
            </g>
          </svg>
          <div className={styles.tools}>
            {([['plus', 'closer', closer], ['minus', 'farther', farther], ['fit', 'all', all]] as const).map(([icon, word, act]) => (
              <Tooltip key={word} label={t(`board:map.${word}`)} position="left">
                <ActionIcon variant="default" size={28} aria-label={t(`board:map.${word}`)} onClick={act}>
                  <Icon name={icon} size={16} />
                </ActionIcon>
              </Tooltip>
            ))}
          </div>
        </div>
      )}
      <div className={styles.foot}>
        <p className="dim small">{t('board:map.coarse')}</p>
        <Button size="compact-sm" variant="default" onClick={() => setAsList(!asList)} aria-pressed={asList}>
          {t(asList ? 'board:map.asMap' : 'board:map.asList')}
        </Button>
      </div>
    </section>
  );
}
