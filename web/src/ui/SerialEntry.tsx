import { useEffect, useId, useRef, useState } from 'react';
import { useT } from '../lib/t';
import { decodeQr, readLabel, type UnitLabel } from '../lib/qr';
import { Icon } from './icons';
import styles from './serial.module.css';

interface Props {
  value: string;
  onChange: (serial: string) => void;
  /** A code was read: by camera or from a photo. */
  onScan?: (label: UnitLabel) => void;
  error?: string | undefined;
}

type Trouble = 'noCode' | 'notALabel' | 'noCamera' | null;

/** Looks at the camera's picture four times a second until a label is read or the viewer is closed. */
function Viewer({ onText, onTrouble, onClose }: { onText: (text: string) => void; onTrouble: () => void; onClose: () => void }) {
  const { t } = useT();
  const video = useRef<HTMLVideoElement>(null);
  const handlers = useRef({ onText, onTrouble });
  useEffect(() => {
    handlers.current = { onText, onTrouble };
  });
  useEffect(() => {
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let closed = false;
    const look = async () => {
      const text = video.current ? await decodeQr(video.current).catch(() => null) : null;
      if (closed) return;
      if (text) handlers.current.onText(text);
      else timer = setTimeout(() => void look(), 250);
    };
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      if (closed || !video.current) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      video.current.srcObject = stream;
      await video.current.play();
      void look();
    };
    start().catch(() => {
      if (!closed) handlers.current.onTrouble();
    });
    return () => {
      closed = true;
      clearTimeout(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);
  return (
    <div className={styles.viewer}>
      <video ref={video} muted playsInline aria-label={t('common:serial.viewer')} />
      <button type="button" className={styles.way} onClick={onClose}>
        {t('common:cancel')}
      </button>
    </div>
  );
}

/** A unit's serial by camera, from a photo, or typed: always all three, because one of them always fails somebody. */
export function SerialEntry({ value, onChange, onScan, error }: Props) {
  const { t } = useT();
  const id = useId();
  const [viewing, setViewing] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>(null);

  const accept = (text: string | null) => {
    setViewing(false);
    const label = text === null ? null : readLabel(text);
    setTrouble(text === null ? 'noCode' : label ? null : 'notALabel');
    if (!label) return;
    onChange(label.serial);
    onScan?.(label);
  };
  const fromFile = async (file: File | undefined) => {
    if (!file) return;
    const picture = await createImageBitmap(file).catch(() => null);
    accept(picture ? await decodeQr(picture) : null);
  };

  const message = error ?? (trouble ? t(`common:serial.${trouble}`) : undefined);
  return (
    <div className={styles.entry}>
      <div className={styles.ways}>
        <button type="button" className={styles.way} onClick={() => setViewing(true)}>
          <Icon name="camera" />
          {t('common:serial.camera')}
        </button>
        <label className={styles.way}>
          <Icon name="qr" />
          {t('common:serial.photo')}
          <input type="file" accept="image/*" className="hidden-visually" onChange={(event) => void fromFile(event.currentTarget.files?.[0])} />
        </label>
        <div className={styles.typing}>
          <label htmlFor={id}>{t('common:serial.label')}</label>
          <input
            id={id}
            name="serial"
            value={value}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            aria-invalid={message ? true : undefined}
            aria-describedby={message ? `${id}-message` : undefined}
            onChange={(event) => {
              setTrouble(null);
              onChange(event.currentTarget.value);
            }}
          />
        </div>
      </div>
      {viewing ? (
        <Viewer
          onText={accept}
          onTrouble={() => {
            setViewing(false);
            setTrouble('noCamera');
          }}
          onClose={() => setViewing(false)}
        />
      ) : null}
      <div role="status">
        {message ? (
          <p id={`${id}-message`} className={styles.message}>
            {message}
          </p>
        ) : null}
      </div>
    </div>
  );
}
