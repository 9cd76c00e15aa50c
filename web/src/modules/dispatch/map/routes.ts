import type { GeoPoint } from '../../../api/client';
import { visitAtRisk } from '../attention';
import { dayAt } from '../clock';
import type { BoardModel, Lane } from '../model';

/* What the map of a day shows: ways from home over the visits and back, and what nobody has. */

export interface Stop {
  id: string;
  reference: string;
  number: number;
  place: GeoPoint;
  from: number;
  state: string;
  risk: boolean;
}

export interface Route {
  technician: string;
  home: GeoPoint | undefined;
  stops: Stop[];
}

export interface OpenPlace {
  id: string;
  reference: string;
  place: GeoPoint;
}

/** A place that nobody knows is told as zero and zero, in the sea. */
const known = ({ lat_micro: lat, lon_micro: lon }: GeoPoint): boolean => lat !== 0 || lon !== 0;

function routeOf(lane: Lane, day: string, zone: string, now: number): Route {
  const visits = lane.visits.filter(({ service, bar }) => dayAt(service.from, zone) === day && known(bar.coarse));
  const stops = visits.map((visit, index) => ({
    id: visit.id, reference: visit.bar.reference ?? '', number: index + 1, place: visit.bar.coarse, from: visit.service.from, state: visit.bar.state, risk: visitAtRisk(visit, now),
  }));
  return { technician: lane.id, home: lane.view.start && known(lane.view.start) ? lane.view.start : undefined, stops };
}

/** The routes of one day, of one technician or of all who go anywhere. */
export function routesOf(model: BoardModel, day: string, technician: string | undefined, now: number): Route[] {
  const lanes = technician ? model.lanes.filter(({ id }) => id === technician) : model.lanes;
  return lanes.map((lane) => routeOf(lane, day, model.view.zone, now)).filter(({ stops }) => technician !== undefined || stops.length > 0);
}

export const openPlaces = (model: BoardModel): OpenPlace[] =>
  model.open.filter(({ coarse }) => known(coarse)).map((job) => ({ id: job.work_order, reference: job.reference ?? '', place: job.coarse }));

/** Where on the map the middle is. */
export function middleOf(places: GeoPoint[]): GeoPoint {
  const [first] = places;
  if (!first) return { lat_micro: 0, lon_micro: 0 };
  return { lat_micro: Math.round(places.reduce((sum, one) => sum + one.lat_micro / places.length, 0)), lon_micro: first.lon_micro };
}
