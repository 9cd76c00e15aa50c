// Hands on the dispatcher's board: carrying visits by mouse and by keys.

/** The middle of an element on the screen. */
export async function middleOf(locator) {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Where on the board a technician's row and an hour cross; the board shows one day. */
export async function cellOn(page, name, clock) {
  const { y } = await middleOf(page.getByRole('rowheader', { name: new RegExp(name) }));
  const x = await page.evaluate((wanted) => {
    const ticks = [...document.querySelectorAll('[role=columnheader]:nth-child(2) span')].map((tick) => ({ text: tick.textContent, x: tick.getBoundingClientRect().left }));
    const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
    const [first, second] = ticks;
    const perMinute = (second.x - first.x) / (minutes(second.text) - minutes(first.text));
    return first.x + (minutes(wanted) - minutes(first.text)) * perMinute;
  }, clock);
  return { x, y };
}

/** Takes an element up and carries it to a point, without letting go. */
export async function carry(page, locator, to) {
  const from = await middleOf(locator);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let step = 1; step <= 8; step++) await page.mouse.move(from.x + ((to.x - from.x) * step) / 8, from.y + ((to.y - from.y) * step) / 8);
  await page.locator('[data-ghost]').waitFor();
}

/** Waits until what would follow is told. */
export const told = (page, pattern) => page.locator('[data-ghost]').getByText(pattern).first().waitFor();
