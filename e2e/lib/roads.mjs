// A served installation whose plans ask a road service, which is ours to silence.
import { startRoads } from './osrm.mjs';
import { startServer } from './server.mjs';

export async function startOnRoads() {
  const roads = await startRoads();
  const site = await startServer({ FETTLE_ROADS_URL: roads.url, FETTLE_ROADS_KIND: 'osrm' });
  return { ...site, roads, stop: () => Promise.all([site.stop(), roads.stop()]) };
}
