import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { central, fitted, type Frame, type Point, zoomed } from './plane';

const STEP = 1.5;
const PAN = 40;

/** The map's frame: it shows where most lie until its user moves it; from then on it stays where they put it. */
export function useFrame(svg: RefObject<SVGSVGElement | null>, points: Point[]) {
  const [size, setSize] = useState({ width: 356, height: 320 });
  const [own, setOwn] = useState<Frame | null>(null);
  const frame = own ?? fitted(central(points), size.width, size.height);
  const latest = useRef(frame);
  useLayoutEffect(() => {
    latest.current = frame;
  });
  useLayoutEffect(() => {
    const element = svg.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [svg]);
  // React's own wheel events cannot keep the page from scrolling.
  useEffect(() => {
    const element = svg.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      setOwn(zoomed(latest.current, event.deltaY < 0 ? 1.2 : 1 / 1.2, { x: event.clientX - box.left, y: event.clientY - box.top }));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [svg]);

  const grip = useRef<Point | null>(null);
  const pan = (x: number, y: number) => setOwn({ ...latest.current, x: latest.current.x + x, y: latest.current.y + y });
  const zoom = (by: number) => setOwn(zoomed(latest.current, by, { x: size.width / 2, y: size.height / 2 }));
  const onKeyDown = (event: KeyboardEvent) => {
    const ways: Record<string, () => void> = {
      ArrowLeft: () => pan(PAN, 0), ArrowRight: () => pan(-PAN, 0), ArrowUp: () => pan(0, PAN), ArrowDown: () => pan(0, -PAN), '+': () => zoom(STEP), '-': () => zoom(1 / STEP), 0: () => setOwn(null),
    };
    const way = ways[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    way();
  };
  return {
    frame,
    size,
    closer: () => zoom(STEP),
    farther: () => zoom(1 / STEP),
    all: () => setOwn(fitted(points, size.width, size.height)),
    handlers: {
      onKeyDown,
      onPointerDown: (event: PointerEvent) => {
        grip.current = { x: event.clientX, y: event.clientY };
      },
      onPointerMove: (event: PointerEvent) => {
        if (event.buttons === 0) grip.current = null;
        if (!grip.current) return;
        pan(event.clientX - grip.current.x, event.clientY - grip.current.y);
        grip.current = { x: event.clientX, y: event.clientY };
      },
      onPointerUp: () => {
        grip.current = null;
      },
      onPointerCancel: () => {
        grip.current = null;
      },
    },
  };
}
