// Cases and visits made through the API, for journeys that begin after them.

/** Asks until the answer is there: what follows an event follows within moments. */
export async function until(ask, what) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A case of a unit that nobody else has, as a customer asks for it; in Wuhan, at the given postcode and, if given, point. */
export async function freshCase(call, { brand, model }, serial, postcode = '430022', words = { symptom: 'drips', language: 'zh', text: '空调漏水。' }, point = undefined) {
  await call('POST', '/v1/units', { model: model.id, serial, sold_on: '2026-05-03', sold_in: 'CN' });
  const site = { country: 'CN', city: '武汉', postcode, street: '江汉路 118 号', point };
  const requester = { name: '周凯', phone: '+86 27 5550 0170', email: `${serial.toLowerCase()}@example.com` };
  return call('POST', '/v1/public/requests', { brand: brand.code, work_type: 'repair', ...words, serial, requester, site });
}

/** Decides for a visit and returns its work order. */
export async function visitDecided(call, id) {
  const plan = await until(() => call('GET', `/v1/cases/${id}/plan`).then((one) => one.state === 'proposed' && one, () => null), 'the plan');
  const first = plan.proposal.options[0].mode === 'on_site';
  await call('POST', `/v1/cases/${id}/plan/decide`, first ? {} : { mode: 'on_site', reason: 'customer_wish' });
  return until(async () => (await call('GET', `/v1/cases/${id}/work-orders`)).items.find((one) => one.state === 'ready'), 'the work order');
}

/** Records an hour’s visit that ended at an instant, by an appointment if one is named. */
export async function visited(call, workOrder, outcome, end = new Date(), appointment = undefined) {
  const [{ id: technician }] = (await call('GET', '/v1/technicians')).items;
  await call('POST', '/v1/visits', {
    client_id: `e2e-${workOrder}`, work_order: workOrder, appointment, technician, outcome, acceptance: { kind: 'refused' }, worked_minutes: 50, travel_metres: 12_500,
    started_at: new Date(end - 3_600_000).toISOString(), finished_at: end.toISOString(),
  });
}

/** The appointment of a work order as it stands, once it does. */
export const standing = (call, id, wanted = () => true) =>
  until(async () => (await call('GET', `/v1/cases/${id}/appointments`)).items.find((one) => !['cancelled', 'pending'].includes(one.state) && wanted(one)), 'the appointment');
