import { Button } from '@mantine/core';
import { useFormats } from '../../../lib/format';
import { useT } from '../../../lib/t';
import { movable } from '../../../lib/turns';
import { Dialog } from '../../../ui/Dialogs';
import { FormEnd } from '../../../ui/Form';
import { StatusBadge } from '../../../ui/StatusBadge';
import { WINDOW } from '../clock';
import styles from './carry.module.css';
import { promiseAt } from './cells';
import type { Clash } from './usePlacing';

interface Props {
  clash: Clash;
  nameOf: (technician: string) => string;
  zone: string;
  /** Does what was wanted, on the version as it stands now. */
  insist: (version: number) => void;
  leave: () => void;
}

/** Somebody else has changed the visit meanwhile: both versions side by side, and which is to hold. */
export function ClashDialog({ clash, nameOf, zone, insist, leave }: Props) {
  const { t } = useT();
  const { day, window } = useFormats();
  const { cargo, wanted, theirs } = clash;
  const start = promiseAt(cargo, wanted);
  const when = (from: number, until: number) => `${day(new Date(from), zone)} · ${window(new Date(from), new Date(until), zone)}`;
  return (
    <Dialog open onClose={leave} title={t('board:clash.title', { reference: cargo.reference })}>
      <div className={styles.clash}>
      <p>{theirs ? t('board:clash.why') : t('board:clash.gone')}</p>
      <div className={styles.pair}>
        <section>
          <h3>{t('board:clash.yours')}</h3>
          <p>{nameOf(wanted.technician)}</p>
          <p>{when(start, start + WINDOW)}</p>
        </section>
        {theirs ? (
          <section>
            <h3>{t('board:clash.theirs')}</h3>
            <p>{nameOf(theirs.technician)}</p>
            <p>{when(Date.parse(theirs.start_at), Date.parse(theirs.end_at))}</p>
            <p>
              <StatusBadge kind="appointment" state={theirs.state} />
            </p>
          </section>
        ) : null}
      </div>
      <FormEnd>
        <Button onClick={leave}>{t('board:clash.leave')}</Button>
        {theirs && movable(theirs.state) ? (
          <Button variant="default" onClick={() => insist(theirs.version)}>
            {t('board:clash.insist')}
          </Button>
        ) : null}
      </FormEnd>
      </div>
    </Dialog>
  );
}
