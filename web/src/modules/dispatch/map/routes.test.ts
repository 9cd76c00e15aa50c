import { describe, expect, it } from 'vitest';
import { modelOf } from '../model';
import { at, barView, boardView, laneView, ms, openView } from '../testing';
import { middleOf, openPlaces, routesOf } from './routes';

const here = { lat_micro: 30_000_000, lon_micro: 114_000_000 };
const nowhere = { lat_micro: 0, lon_micro: 0 };
const day = { coarse: here };
const model = modelOf(
  boardView(
    [
      laneView('a', [barView('2', '11:00', '12:00', { ...day, conflict: true }), barView('1', '09:00', '10:00', day), barView('x', '13:00', '14:00', { coarse: nowhere }), barView('t', '09:00', '10:00', { ...day, service_start_at: at('09:00', '2026-01-06'), service_end_at: at('10:00', '2026-01-06') })], { start: here }),
      laneView('b', []),
    ],
    [openView('wo_1', { coarse: here }), openView('wo_2', { coarse: nowhere })],
  ),
);

describe('the map of a day', () => {
  it('has the visits of that day in their order, without those whose place nobody knows', () => {
    const [route, ...others] = routesOf(model, '2026-01-05', undefined, ms('08:00'));
    expect(route?.stops.map(({ id, number, risk }) => [id, number, risk])).toEqual([['1', 1, false], ['2', 2, true]]);
    expect([route?.home, others.length]).toEqual([here, 0]);
    expect(routesOf(model, '2026-01-06', undefined, ms('08:00'))[0]?.stops.map(({ id }) => id)).toEqual(['t']);
  });
  it('has the home of somebody who goes nowhere when asked for them', () => {
    expect(routesOf(model, '2026-01-05', 'b', ms('08:00'))).toEqual([{ technician: 'b', home: undefined, stops: [] }]);
  });
  it('has what nobody has', () => expect(openPlaces(model).map(({ id }) => id)).toEqual(['wo_1']));
  it('has a middle', () => {
    expect(middleOf([here, { lat_micro: 32_000_000, lon_micro: 115_000_000 }])).toEqual({ lat_micro: 31_000_000, lon_micro: 114_000_000 });
    expect(middleOf([])).toEqual(nowhere);
  });
});
