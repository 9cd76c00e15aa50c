// Runs before the first paint, so that neither the theme nor the language flickers. Keep in step with src/lib/prefs.ts.
(function () {
  var prefs = {};
  try { prefs = JSON.parse(localStorage.getItem('fettle.prefs') || '{}'); } catch (e) { prefs = {}; }
  var dark = prefs.theme === 'dark' || (prefs.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  var lang = prefs.lang || (/^zh/i.test(navigator.language) ? 'zh-CN' : 'en');
  document.documentElement.lang = lang;
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
