// A road service that speaks OSRM's table protocol, and can fall silent.
import { createServer } from 'node:http';

const METRES_A_DEGREE = 111_000;
const DETOUR = 1.4;
const METRES_A_SECOND = 9;

const pick = (text, all) => text.split(';').map((index) => all[Number(index)]);
const metres = ([lonA, latA], [lonB, latB]) => Math.round(Math.hypot((lonA - lonB) * Math.cos((latA * Math.PI) / 180), latA - latB) * METRES_A_DEGREE * DETOUR);

/** The answer to a question for a table: all places are in the path, which of them to go from and to in the query. */
function table(url) {
  const places = url.pathname.split('/').at(-1).split(';').map((place) => place.split(',').map(Number));
  const from = pick(url.searchParams.get('sources'), places);
  const to = pick(url.searchParams.get('destinations'), places);
  const distances = from.map((one) => to.map((other) => metres(one, other)));
  return { code: 'Ok', distances, durations: distances.map((row) => row.map((way) => way / METRES_A_SECOND)) };
}

/** Starts it on a free port; `silence` has it refuse everything as one that is overworked does, and `asked` says how often it was asked. */
export async function startRoads() {
  let silent = false;
  let asked = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://roads');
    asked++;
    if (silent || !url.pathname.startsWith('/table/v1/driving/')) {
      response.writeHead(silent ? 503 : 404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(table(url)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    silence: () => (silent = true),
    asked: () => asked,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
