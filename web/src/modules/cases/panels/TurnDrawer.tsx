import type { Amount } from '../../../lib/format';
import { useT } from '../../../lib/t';
import type { Turn, TurnReason } from '../../../lib/turns';
import { SideDrawer } from '../../../ui/Dialogs';
import { TurnForm } from '../../../ui/TurnForm';

interface Props {
  turn: Turn;
  reward: Amount | undefined;
  busy: boolean;
  onClose: () => void;
  onGo: (reason: TurnReason) => void;
}

/** The reason for a turn, beside the case. */
export function TurnDrawer({ turn, reward, busy, onClose, onGo }: Props) {
  const { t } = useT();
  return (
    <SideDrawer open onClose={onClose} title={t(`case:turn.${turn}`)}>
      <TurnForm turn={turn} reward={reward} busy={busy} onGo={onGo} />
    </SideDrawer>
  );
}
