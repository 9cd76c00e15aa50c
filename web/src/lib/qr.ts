/** What a label says about a unit. */
export interface UnitLabel {
  serial: string;
  /** The whole link, when the label is a GS1 Digital Link: it names the product as well. */
  link?: string | undefined;
}

/**
 * Reads the text of a QR code: a GS1 Digital Link (…/01/<gtin>/21/<serial>), a link of ours or a brand's with
 * ?serial= or ?sn=, or the bare serial. Null when it is none of these.
 */
export function readLabel(text: string): UnitLabel | null {
  const bare = text.trim();
  if (/^https?:\/\//i.test(bare)) return readLink(bare);
  return /^[A-Za-z0-9][A-Za-z0-9._/-]{3,39}$/.test(bare) ? { serial: bare } : null;
}

function readLink(link: string): UnitLabel | null {
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  const serial = /\/21\/([^/?#]+)/.exec(url.pathname)?.[1] ?? url.searchParams.get('serial') ?? url.searchParams.get('sn');
  if (!serial) return null;
  const isGs1 = /\/01\/\d{8,14}(?:\/|$)/.test(url.pathname);
  return { serial: decodeURIComponent(serial), ...(isGs1 ? { link } : {}) };
}

interface Detector {
  detect: (source: ImageBitmapSource) => Promise<{ rawValue: string }[]>;
}

type DetectorClass = new (options: { formats: string[] }) => Detector;

/** Larger pictures are shrunk first: a code that fills the picture needs no more, and phones have little memory. */
const MAX_SIDE = 1280;

function pixels(source: ImageBitmap | HTMLVideoElement): ImageData | null {
  const width = source instanceof ImageBitmap ? source.width : source.videoWidth;
  const height = source instanceof ImageBitmap ? source.height : source.videoHeight;
  if (width === 0 || height === 0) return null;
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** The text of the first QR code in a picture or a video frame; null when there is none. */
export async function decodeQr(source: ImageBitmap | HTMLVideoElement): Promise<string | null> {
  const Native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (Native) {
    const found = await new Native({ formats: ['qr_code'] }).detect(source).catch(() => []);
    if (found[0]) return found[0].rawValue;
  }
  const data = pixels(source);
  if (!data) return null;
  const { default: jsqr } = await import('jsqr');
  return jsqr(data.data, data.width, data.height)?.data ?? null;
}
