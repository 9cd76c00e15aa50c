import { useMemo } from 'react';
import { useFormats } from '../../lib/format';
import { useT } from '../../lib/t';
import type { BoardView } from './contract';

/** Certificates that end, by technician: in words, and the first visit that needs them afterwards. */
export function useCertificates(view: BoardView): Map<string, { text: string; visit: string | undefined }> {
  const { t } = useT();
  const { day } = useFormats();
  return useMemo(() => {
    const ends = view.attention.filter(({ code, technician }) => code === 'certificate_ends' && technician);
    return new Map(
      ends.map((one) => [one.technician ?? '', { text: t('board:certificateEnds', { skill: one.skill ?? '', day: one.at ? day(one.at, view.zone) : '' }), visit: one.appointment }] as const),
    );
  }, [view, t, day]);
}
