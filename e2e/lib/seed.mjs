// Fills a fresh database through the API, as an integrator would: a small network, one brand, cases in two languages.
const minutes = { day: 1440 };

/** A session of the API for one user. */
export async function session(base, login, password) {
  let cookie = '';
  const call = async (method, path, body, headers = {}) => {
    const response = await fetch(base + path, {
      method,
      headers: { 'Content-Type': 'application/json', 'X-Fettle': '1', Cookie: cookie, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} = ${response.status} ${text.slice(0, 500)}`);
    return text === '' ? null : JSON.parse(text);
  };
  await call('POST', '/v1/login', { login, password });
  return call;
}

const texts = [
  { language: 'zh', text: '室内机从昨天开始往沙发上滴水。', name: '李晓燕', symptom: 'drips', work_type: 'repair' },
  { language: 'en', text: 'The bedroom unit blows warm air only.', name: 'Tom Baker', symptom: 'no_cool', work_type: 'repair' },
  { language: 'de', text: 'Seit gestern tropft das Innengerät.', name: 'Jana Weiß', symptom: 'drips', work_type: 'repair' },
  { language: 'zh', text: '需要安装一台新空调。', name: '王强', work_type: 'install' },
];

async function network(call) {
  await call('PUT', '/v1/operator', { name: 'Northwind Service', country: 'CN', zone: 'Asia/Shanghai', currency: 'CNY' });
  const brand = await call('POST', '/v1/brands', { code: 'borealis', name: 'Borealis Klima' });
  const hq = await call('POST', '/v1/nodes', { code: 'hq', kind: 'headquarters', ownership: 'own', name: 'Headquarters', country: 'CN', zone: 'Asia/Shanghai' });
  await call('POST', `/v1/nodes/${hq.id}/open`);
  const point = { lat_micro: 30_590_000, lon_micro: 114_300_000 };
  const node = await call('POST', '/v1/nodes', { code: 'hankou', parent: hq.id, kind: 'local_node', ownership: 'own', name: 'Hankou', country: 'CN', zone: 'Asia/Shanghai', point });
  await call('POST', `/v1/nodes/${node.id}/open`);
  await call('POST', '/v1/territories', { node: node.id, country: 'CN' });
  return { brand, node };
}

async function products(call, brand) {
  const line = await call('POST', '/v1/lines', { brand: brand.id, code: 'split-ac', names: { en: 'Split air conditioner', zh: '分体空调' } });
  const model = await call('POST', '/v1/models', { line: line.id, code: 'ECO-35', names: { en: 'Breeze Eco 35', zh: '清风 Eco 35' } });
  const part = await call('POST', '/v1/parts', { line: line.id, number: 'BK-2210', names: { en: 'Drain pump', zh: '排水泵' }, price: { minor: 12_800, currency: 'CNY' }, weight_grams: 300, hazardous: false });
  for (const [code, en, zh] of [['drips', 'Drips water', '漏水'], ['no_cool', 'Does not cool', '不制冷']]) await call('POST', '/v1/symptoms', { code, line: line.id, names: { en, zh } });
  const serials = ['AC-24-0071830', 'AC-24-0071831', 'AC-24-0071832', 'AC-24-0071833'];
  for (const serial of serials) await call('POST', '/v1/units', { model: model.id, serial, sold_on: '2026-05-03', sold_in: 'CN' });
  await call('POST', '/v1/warranty-terms', {
    brand: brand.id, line: line.id, code: 'cn-72', kind: 'manufacturer', start: 'sold', sold_in: 'CN',
    covers: ['labour', 'parts', 'diagnosis'].map((cost) => ({ cost, months: 72, payer: 'brand' })),
  });
  return { line, model, part, serials };
}

async function promises(call) {
  const { version } = await call('GET', '/v1/sla/targets');
  const targets = [
    { kind: 'respond', to: 'customer', within_minutes: 4 * 60, warn_at: [50, 80] },
    { kind: 'arrive', to: 'brand', within_minutes: 2 * minutes.day, warn_at: [50] },
    { kind: 'resolve', to: 'customer', within_minutes: 4 * minutes.day, pause_for: ['customer', 'part'] },
  ];
  await call('PUT', '/v1/sla/targets', { targets }, { 'If-Match': `"${version}"` });
}

/** Two technicians, a part on the shelf, and what brand and operator have agreed. */
async function service(call, node, { line, part }) {
  const yuan = (minor) => ({ minor, currency: 'CNY' });
  for (const [name, employment, level] of [['张伟', 'core', 4], ['刘洋', 'part_time', 2]]) {
    const skills = [{ skill: line.code, level }];
    await call('POST', '/v1/technicians', { node: node.id, name, employment, hour: yuan(6_000), kilometre: yuan(150), max_minutes: 480, week: 'Mo-Su 08:00-20:00', skills });
  }
  await call('POST', '/v1/stock/receipts', { node: node.id, lines: [{ part: part.id, quantity: 5 }], reference: 'DN-1' });
  const card = { currency: 'CNY', minute_minor: 180, least_minutes: 30, call_minor: 3_500, km_minor: 200, free_km: 10, part_percent: 100, logistics_minor: 2_000, diagnosis_minor: 5_000 };
  const validFrom = new Date(Date.now() - 366 * minutes.day * 60_000).toISOString(); // work of past months has its price too
  await call('POST', '/v1/rate-cards', { party: 'brand', card, valid_from: validFrom });
}

/** Everything that the journeys start from; returns what they need to know of it. */
export async function seed(base, login, password) {
  const call = await session(base, login, password);
  const { brand, node } = await network(call);
  await call('POST', '/v1/users', { name: 'Bo Reale', login: 'brand', country: 'CN', password, grants: [{ role: 'brand', scope: 'brand', scope_id: brand.id }] });
  const made = await products(call, brand);
  await promises(call);
  await service(call, node, made);
  const cases = [];
  for (const [index, { name, ...words }] of texts.entries()) {
    const site = { country: 'CN', city: '武汉', postcode: '430022', street: '江汉路 118 号' };
    const intake = { brand: brand.code, ...words, serial: made.serials[index], requester: { name, phone: `+86 27 5550 014${index}`, email: `customer${index}@example.com` }, site };
    cases.push(await call('POST', '/v1/public/requests', intake));
  }
  await call('POST', '/v1/orders', {
    number: 'BK-100200', brand: brand.code, work_type: 'install', text: 'Install two units on Saturday.', language: 'en',
    requester: { name: '赵敏', phone: '+86 27 5550 0199' }, site: { country: 'CN', city: '武汉', postcode: '430022' },
  });
  return { brand, node, ...made, cases };
}
