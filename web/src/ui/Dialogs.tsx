import { Button, Drawer, Modal } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useT } from '../lib/t';
import styles from './page.module.css';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
}

/**
 * Gives the focus back to what had it when a dialog opened. Pages take a dialog away as a whole when it closes; its own way of giving the focus
 * back needs it to stay, so whoever works by keyboard would begin at the top of the page again.
 */
function FocusBack() {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () =>
      queueMicrotask(() => {
        if (document.activeElement === document.body && before instanceof HTMLElement && before.isConnected) before.focus();
      }),
    [before],
  );
  return null;
}

/** Quick edits open at the side and leave the page readable beside them. */
export function SideDrawer({ open, onClose, title, children }: Props) {
  const { t } = useT();
  return (
    <>
      {open ? <FocusBack /> : null}
      <Drawer opened={open} onClose={onClose} title={title} size={420} closeButtonProps={{ 'aria-label': t('common:close') }}>
        {children}
      </Drawer>
    </>
  );
}

export function Dialog({ open, onClose, title, children }: Props) {
  const { t } = useT();
  return (
    <>
      {open ? <FocusBack /> : null}
      <Modal opened={open} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('common:close') }}>
        {children}
      </Modal>
    </>
  );
}

/** Asked only before what cannot be taken back. */
export function Confirm({ open, onClose, title, children, action, onConfirm }: Props & { action: string; onConfirm: () => void }) {
  const { t } = useT();
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <div className={styles.form}>
        <div>{children}</div>
        <div className={styles.formEnd}>
          <Button onClick={onConfirm}>{action}</Button>
          <Button variant="default" onClick={onClose}>
            {t('common:cancel')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
