import { useMediaQuery } from '@mantine/hooks';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useFormats } from '../../lib/format';
import { useKeys } from '../../lib/keys';
import { useNow } from '../../lib/now';
import { useT } from '../../lib/t';
import { EmptyState } from '../../ui/States';
import { useStateWord } from '../../ui/StatusBadge';
import { Aside } from './Aside';
import { type NeedItem, needsOf, partsTooLate, visitAtRisk } from './attention';
import { Board } from './board/Board';
import { Legend } from './board/Legend';
import type { Cargo, Cell } from './carry/cells';
import { Ghost } from './carry/Ghost';
import { useCarrying } from './carry/useCarrying';
import { dayAt, MINUTE } from './clock';
import type { BoardView, Tried } from './contract';
import styles from './dispatch.module.css';
import { Lane } from './Lane';
import { modelOf, type Visit } from './model';
import { readAppointment } from './queries';
import type { BoardSearch } from './search';
import { Slow } from './Slow';
import { Peek } from './reasons/Peek';
import { Needs } from './tray/Needs';
import { Tray } from './tray/Tray';
import { useCargo } from './useCargo';
import { useCertificates } from './useCertificates';
import { useNameOf } from './useDay';
import { useStable } from './useStable';
import type { Proposal } from './whatif/model';

/** Loaded when somebody asks for them. */
const ClashDialog = lazy(() => import('./carry/ClashDialog').then(({ ClashDialog: component }) => ({ default: component })));
const PlaceDialog = lazy(() => import('./carry/PlaceDialog').then(({ PlaceDialog: component }) => ({ default: component })));
const Details = lazy(() => import('./Details').then(({ Details: component }) => ({ default: component })));
const OpenDetails = lazy(() => import('./OpenDetails').then(({ OpenDetails: component }) => ({ default: component })));
const MapPane = lazy(() => import('./map/MapPane').then(({ MapPane: component }) => ({ default: component })));
const Changed = lazy(() => import('./changes/Changed').then(({ Changed: component }) => ({ default: component })));
const WhatIf = lazy(() => import('./whatif/WhatIf').then(({ WhatIf: component }) => ({ default: component })));

/** So few rows leave room for the map below them. */
const FEW = 7;

interface Props {
  view: BoardView;
  queryKey: readonly unknown[];
  search: BoardSearch;
  /** A plan is being worked out, or one that was found is looked at. */
  planning: { found?: Proposal } | null;
  onPlanned: () => void;
  go: (change: { [K in keyof BoardSearch]?: BoardSearch[K] | undefined }) => void;
}

type Picked = { kind: 'visit' | 'job'; id: string };

/** From where a visit is asked for another place: whose parts come too late, from when they are there. */
const withParts = (one: Visit): Cell | undefined => (one.bar.parts_from && partsTooLate(one) ? { technician: one.technician, at: Date.parse(one.bar.parts_from) } : undefined);

/** The days: what needs somebody, the board (a list where there is no room for it), and what was picked. */
export function Room({ view, queryKey, search, go, planning, onPlanned }: Props) {
  const { t } = useT();
  const now = useNow();
  const { window } = useFormats();
  const stateWord = useStateWord();
  const wide = useMediaQuery('(min-width: 800px)', true, { getInitialValueInEffect: false });
  const model = useMemo(() => modelOf(view), [view]);
  // What the clock brings is looked for every minute: a board has thousands of visits.
  const minute = Math.floor(now / MINUTE) * MINUTE;
  const items = useMemo(() => needsOf(model, minute), [model, minute]);
  const nameOf = useNameOf(view);
  const certificates = useCertificates(view);
  const { cargoOf, mayMove, mayPlace } = useCargo(model);
  const [current, setCurrent] = useState<string>();
  const [picked, setPicked] = useState<Picked>();
  const [moving, setMoving] = useState<Cargo | null>(null);
  const [askedAt, setAskedAt] = useState<Cell>();
  const [folded, setFolded] = useState(!wide);
  const [looking, setLooking] = useState(false);
  const [said, say] = useState('');
  const { carry, root, onArrows, onBlur, place, clash, settle } = useCarrying({ model, queryKey, nameOf, cargoOf, say });

  const visit = picked?.kind === 'visit' ? model.visit.get(picked.id) : undefined;
  const job = picked?.kind === 'job' ? model.open.find(({ work_order: id }) => id === picked.id) : undefined;
  const subject = visit?.id ?? current;
  const movableNow = subject && !job ? cargoOf(`visit:${subject}`) : job ? cargoOf(`job:${job.work_order}`) : null;
  const move = (cargo: Cargo | null, at?: Cell) => {
    setAskedAt(at);
    setMoving(cargo);
  };
  useKeys(movableNow ? { m: () => move(movableNow) } : {});

  const close = () => {
    setPicked(undefined);
    const id = picked?.id ?? '';
    (document.getElementById(`bar-${id}`) ?? document.querySelector<HTMLElement>(`[data-why="${id}"]`))?.focus();
  };
  const pick = (next: Picked) => (next.id === picked?.id ? close() : setPicked(next));
  const onCurrent = (id: string, byArrow: boolean) => {
    setCurrent(id);
    const one = model.visit.get(id);
    if (one && byArrow) say(`${nameOf(one.technician)}, ${window(one.bar.service_start_at, one.bar.service_end_at, view.zone)}, ${stateWord('appointment', one.bar.state)}`);
  };
  const placeJob = (workOrder: string, cell: Cell, tried: Tried) => {
    const cargo = cargoOf(`job:${workOrder}`);
    if (cargo) void place(cargo, cell, tried).then((done) => (done ? close() : undefined));
  };
  const onPickPlace = (id: string) => {
    if (model.visit.has(id)) setCurrent(id);
    setPicked({ kind: model.visit.has(id) ? 'visit' : 'job', id });
  };
  const reveal = (appointment: string) => {
    if (model.visit.has(appointment)) {
      setCurrent(appointment);
      setPicked({ kind: 'visit', id: appointment });
    } else {
      void readAppointment(appointment).then(({ service_start_at: at }) => go({ day: dayAt(Date.parse(at), view.zone) }));
    }
  };
  const onShowChanged = (appointment: string) => {
    reveal(appointment);
    setLooking(false);
  };
  const onReveal = (item: NeedItem) => {
    if (item.appointment) {
      reveal(item.appointment);
    } else if (item.technician) {
      carry.showRow(item.technician);
    }
  };
  const placeVisit = (id: string, cell: Cell, tried: Tried) => {
    const cargo = cargoOf(`visit:${id}`);
    if (cargo) void place(cargo, cell, tried);
  };
  const onPlaceJob = useStable((id: string) => move(cargoOf(`job:${id}`)));
  const onWhy = useStable((id: string) => pick({ kind: 'job', id }));
  const onRevealed = useStable(onReveal);
  const map = search.map ? (
    <Suspense>
      <MapPane model={model} nameOf={nameOf} current={visit?.id ?? job?.work_order ?? current} onPick={onPickPlace} onClose={() => go({ map: undefined })} />
    </Suspense>
  ) : null;
  const below = !wide || model.lanes.length <= FEW;
  const board = () => {
    if (view.technicians.length === 0) return <EmptyState icon="users" why={t('board:nobody')} />;
    if (!wide) return model.lanes.map((lane) => <Lane key={lane.id} lane={lane} days={model.days} zone={view.zone} name={nameOf(lane.id)} now={now} onOpen={(id) => setPicked({ kind: 'visit', id })} />);
    return (
      <>
        <Board
          model={model}
          scale={search.scale ?? 'day'}
          nameOf={nameOf}
          current={current}
          open={visit?.id}
          onCurrent={onCurrent}
          onOpen={(id) => pick({ kind: 'visit', id })}
          mayMove={mayMove}
          carry={carry}
          certificates={certificates}
        />
        <p id="board-keys" className="dim small">
          {t(mayMove ? 'board:keys' : 'board:keysRead')}
        </p>
        <Legend />
      </>
    );
  };

  return (
    <>
      <p role="status" className="hidden-visually" data-said>
        {said}
      </p>
      {wide ? (
        <button type="button" className={styles.skip} onClick={() => document.querySelector<HTMLElement>('[data-board-port] [tabindex="0"]')?.focus()}>
          {t('board:skip')}
        </button>
      ) : null}
      <Slow view={view} />
      <Needs items={items} on={search.need} pick={(need) => go({ need })} onChanges={() => setLooking(true)} />
      {/* What is carried listens here: to keys before the board does. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div ref={root} className={styles.room} data-details={(wide && ((search.map && !below) || (visit ?? job) !== undefined)) || undefined} onKeyDownCapture={onArrows} onBlurCapture={onBlur}>
        <Tray
          model={model}
          items={items}
          need={search.need}
          folded={folded}
          onFold={setFolded}
          nameOf={nameOf}
          mayPlace={mayPlace}
          open={job?.work_order}
          onPlace={onPlaceJob}
          onWhy={onWhy}
          onReveal={onRevealed}
        />
        <section className={styles.main} aria-label={t('board:technicians')}>
          {board()}
          {below ? map : null}
        </section>
        <div className={styles.side}>
        {below ? null : map}
        {visit && (wide || !moving) ? (
          <Aside about={visit.id} title={t('board:details')} wide={wide} onClose={close}>
            <Suspense>
              <Details visit={visit} model={model} nameOf={nameOf} risk={visitAtRisk(visit, now)} onMove={() => move(cargoOf(`visit:${visit.id}`), withParts(visit))} place={mayMove ? (cell, tried) => placeVisit(visit.id, cell, tried) : undefined} />
            </Suspense>
          </Aside>
        ) : null}
        {job && (wide || !moving) ? (
          <Aside about={job.work_order} title={t('board:openDetails')} wide={wide} onClose={close}>
            <Suspense>
              <OpenDetails job={job} model={model} nameOf={nameOf} mayPlace={mayPlace} place={(cell, tried) => placeJob(job.work_order, cell, tried)} onPlace={(at) => move(cargoOf(`job:${job.work_order}`), at)} onShow={onPickPlace} />
            </Suspense>
          </Aside>
        ) : null}
        </div>
      </div>
      {wide ? <Ghost carry={carry} model={model} nameOf={nameOf} /> : null}
      {wide && !moving ? <Peek model={model} nameOf={nameOf} open={visit?.id} /> : null}
      <Suspense>
        {planning ? <WhatIf model={model} nameOf={nameOf} found={planning.found} onClose={onPlanned} /> : null}
        {looking ? <Changed model={model} nameOf={nameOf} onShow={onShowChanged} onClose={() => setLooking(false)} /> : null}
        {moving && !clash ? <PlaceDialog key={moving.id} cargo={moving} at={askedAt} model={model} nameOf={nameOf} onClose={() => setMoving(null)} onPlace={(cell, tried) => place(moving, cell, tried)} /> : null}
        {clash ? (
          <ClashDialog
            clash={clash}
            nameOf={nameOf}
            zone={view.zone}
            leave={() => {
              settle();
              setMoving(null);
            }}
            insist={(version) => {
              settle();
              setMoving(null);
              void place(clash.cargo, clash.wanted, undefined, version);
            }}
          />
        ) : null}
      </Suspense>
    </>
  );
}
