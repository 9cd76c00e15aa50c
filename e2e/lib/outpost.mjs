// A node of its own, so that what one journey asks of it no other meets.

/** A place in Wuhan that serves the given postcodes, with one technician who works the given week and has the given level of the line's skill. */
export async function outpostOf(call, { line }, { code, name, prefix, technician, week, level = 3 }) {
  const hq = (await call('GET', '/v1/nodes')).items.find(({ kind }) => kind === 'headquarters');
  const point = { lat_micro: 30_530_000, lon_micro: 114_310_000 };
  const node = await call('POST', '/v1/nodes', { code, parent: hq.id, kind: 'local_node', ownership: 'own', name, country: 'CN', zone: 'Asia/Shanghai', point });
  await call('POST', `/v1/nodes/${node.id}/open`);
  await call('POST', '/v1/territories', { node: node.id, country: 'CN', prefixes: [prefix], priority: 50 });
  const yuan = (minor) => ({ minor, currency: 'CNY' });
  await call('POST', '/v1/technicians', { node: node.id, name: technician, employment: 'core', hour: yuan(6_000), kilometre: yuan(150), max_minutes: 480, week, skills: [{ skill: line.code, level }] });
  return node;
}
