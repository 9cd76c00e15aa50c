import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ProofListed } from '../../../api/client';
import { useCommand } from '../../../lib/command';
import { useT } from '../../../lib/t';
import { useWord } from '../../../lib/words';
import { RailSection } from '../../../ui/Card';
import { StatusBadge } from '../../../ui/StatusBadge';
import styles from '../cases.module.css';
import { fetchProof, proofsQuery } from '../queries';
import { Panel } from './Panel';

/** Hands the browser a file to keep. */
function save(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** What the log proves of the case; each proof can be taken away and checked offline. */
export function Proofs({ caseId }: { caseId: string }) {
  const { t } = useT();
  const word = useWord();
  const query = useQuery({ ...proofsQuery(caseId), refetchInterval: ({ state }) => (state.data?.items.some((proof) => proof.pending) ? 2_000 : false) });
  const download = useCommand({
    run: (proof: ProofListed) => fetchProof(caseId, proof.leaf),
    touches: [],
    after: (bundle, proof) => save(`${proof.kind}-${proof.leaf}.json`, JSON.stringify(bundle, null, 2)),
  });
  return (
    <RailSection title={t('case:section.proof')}>
      <Panel query={query} none={t('case:none.proof')} failed={t('case:sectionFailed.proof')}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="dim">{t('case:none.proof')}</p>
          ) : (
            <ul className={styles.clocks}>
              {items.map((proof) => (
                <li key={proof.leaf}>
                  <span>{word('leaf', proof.kind)}</span>
                  {proof.pending ? (
                    <StatusBadge kind="proof" state="pending" />
                  ) : (
                    <Button size="compact-sm" variant="default" aria-label={t('case:proof.download', { kind: word('leaf', proof.kind) })} onClick={() => download.mutate(proof)}>
                      {t('case:proof.get')}
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Panel>
      <p className="dim small">{t('case:proof.hint')}</p>
    </RailSection>
  );
}
