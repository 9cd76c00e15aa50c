// Boards of any size, made from a number: what the board's speed is measured on.
const DAY = 86_400_000;
const MINUTE = 60_000;

/** Numbers between 0 and 1 that look random; the same seed gives the same. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const pad = (number) => String(number).padStart(4, '0');
const iso = (at) => new Date(at).toISOString();
const dayOf = (at) => iso(at).slice(0, 10);
const states = ['scheduled', 'dispatched', 'accepted', 'accepted', 'accepted', 'completed'];

function visit(number, from, minutes, next) {
  const window = from - (from % (60 * MINUTE));
  return {
    id: `apt_${pad(number)}`, work_order: `wo_${pad(number)}`, case: `case_${pad(number)}`, reference: `B${pad(number)}`, state: states[Math.floor(next() * states.length)],
    start_at: iso(window), end_at: iso(window + 120 * MINUTE), service_start_at: iso(from), service_end_at: iso(from + minutes * MINUTE), travel_seconds: Math.floor(next() * 1_500),
    coarse: { lat_micro: 30_500_000 + Math.floor(next() * 300_000), lon_micro: 114_200_000 + Math.floor(next() * 400_000) }, by: 'plan', late_seconds: next() < 0.05 ? 900 : 0,
    pinned: next() < 0.1, parts: next() < 0.1 ? 'awaited' : 'held', version: 1, ...(next() < 0.02 ? { conflict: true } : {}),
  };
}

/** A board of so many technicians and visits over so many days from the given one, in UTC; a twentieth as many visits more that nobody has. */
export function bigBoard({ node, technicians, visits, days, first, seed = 1 }) {
  const next = random(seed);
  const midnight = Date.parse(`${first}T00:00:00Z`);
  const lanes = Array.from({ length: technicians }, (_, index) => ({
    technician: `tech_${pad(index)}`, name: `Technician ${pad(index)}`, employment: 'core', standing: 'active', skills: [], max_minutes: 480, planned_minutes: 300 * days, travel_minutes: 60,
    start: { lat_micro: 30_500_000 + Math.floor(next() * 300_000), lon_micro: 114_200_000 + Math.floor(next() * 400_000) }, absences: [], appointments: [],
    shifts: Array.from({ length: days }, (_, day) => {
      const at = midnight + day * DAY;
      return { day: dayOf(at), start_at: iso(at + 8 * 60 * MINUTE), end_at: iso(at + 18 * 60 * MINUTE), rests: [{ start_at: iso(at + 12 * 60 * MINUTE), end_at: iso(at + 12.5 * 60 * MINUTE) }] };
    }),
  }));
  const each = Math.ceil(visits / (technicians * days));
  for (let number = 0; number < visits; number++) {
    const place = Math.floor(number / technicians);
    const at = midnight + Math.floor(place / each) * DAY + 8 * 60 * MINUTE + ((place % each) * 600 * MINUTE) / each;
    const length = Math.max(15, Math.floor(((0.4 + 0.4 * next()) * 600) / each));
    lanes[number % technicians].appointments.push(visit(number, at + Math.floor(next() * 10) * MINUTE, length, next));
  }
  const unassigned = Array.from({ length: Math.ceil(visits / 20) }, (_, index) => ({
    work_order: `wo_open_${pad(index)}`, case: `case_open_${pad(index)}`, reference: `O${pad(index)}`, state: 'unplanned', minutes: 60, needs: {}, priority: 1 + Math.floor(next() * 4),
    coarse: { lat_micro: 30_500_000 + Math.floor(next() * 300_000), lon_micro: 114_200_000 + Math.floor(next() * 400_000) }, zone: 'UTC', ready_at: iso(midnight), version: 1,
  }));
  return { node, zone: 'UTC', day: first, days, now: iso(midnight + 9 * 60 * MINUTE), technicians: lanes, unassigned, attention: [], slowdowns: [], roads: { measured: 0, modelled: technicians * days } };
}

/** What would follow: it always fits, and costs a little. */
export const anyTry = ({ technician, start_at: start }) => ({
  results: [{
    technician, start_at: start, fits: true, cost: { minor: 1_250, currency: 'CNY' }, travel_seconds: 600, travel_metres: 4_000, overtime_seconds: 0, late_seconds: 0, shifted: [],
    slot: { technician, start_at: start, end_at: iso(Date.parse(start) + 120 * MINUTE), service_start_at: start, service_end_at: iso(Date.parse(start) + 60 * MINUTE) },
  }],
});
