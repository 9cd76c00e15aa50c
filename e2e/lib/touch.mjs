// A finger on the screen, as the browser hears it from the device.

const LONG_MS = 600;

/** A finger of a page: it comes down, moves, and is lifted; `cancel` is the device taking it away, as for a call. */
export async function fingerOf(page) {
  const device = await page.context().newCDPSession(page);
  const send = (type, points) => device.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(({ x, y }) => ({ x, y, id: 1 })) });
  let at = { x: 0, y: 0 };
  const down = (point) => {
    at = point;
    return send('touchStart', [at]);
  };
  const moveTo = async (point, steps = 8) => {
    const from = at;
    for (let step = 1; step <= steps; step++) {
      at = { x: from.x + ((point.x - from.x) * step) / steps, y: from.y + ((point.y - from.y) * step) / steps };
      await send('touchMove', [at]);
    }
  };
  /** Rests on a point until what lies there is taken up. */
  const rest = async (point) => {
    await down(point);
    await page.waitForTimeout(LONG_MS);
  };
  return { down, moveTo, rest, lift: () => send('touchEnd', []), cancel: () => send('touchCancel', []) };
}
