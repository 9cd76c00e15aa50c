import { Button, NativeSelect } from '@mantine/core';
import { useId, useState } from 'react';
import type { OrdersReport, OrdersVerdict } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useBrands } from '../../lib/names';
import { useT } from '../../lib/t';
import { SideDrawer } from '../../ui/Dialogs';
import { Form, FormEnd } from '../../ui/Form';
import { Icon } from '../../ui/icons';
import { ErrorState, Note } from '../../ui/States';
import { importOrders } from './queries';
import styles from './orders.module.css';

const MAX_BYTES = 8_000_000;

function Refused({ row }: { row: OrdersVerdict }) {
  const { t } = useT();
  return (
    <li>
      <strong>{t('order:import.line', { line: row.line })}</strong> {row.number} <span className="dim">{row.code}</span>
      {row.fields?.map((field) => (
        <span key={field.pointer} className="dim small">
          {' '}
          {field.pointer} {field.code}
        </span>
      ))}
    </li>
  );
}

/** How each line went, or would go; lines that were taken count once however often they are sent. */
function Report({ report, dry }: { report: OrdersReport; dry: boolean }) {
  const { t } = useT();
  const refused = report.rows.filter(({ result }) => result === 'refused');
  const checked = report.rows.filter(({ result }) => result === 'checked').length;
  return (
    <div className={styles.report} role="status">
      <Note tone={refused.length > 0 ? 'warn' : 'onsite'} icon={refused.length > 0 ? 'alert' : 'check'}>
        {dry ? t('order:import.wouldGo', { good: checked + report.repeated, bad: refused.length }) : t('order:import.went', { created: report.created, repeated: report.repeated, refused: report.refused })}
      </Note>
      {refused.length > 0 ? (
        <ul>
          {refused.map((row) => (
            <Refused key={row.line} row={row} />
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** A brand's orders as a table: checked first, then taken. */
export function ImportDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useT();
  const id = useId();
  const brands = useBrands();
  const [brand, setBrand] = useState('');
  const [csv, setCsv] = useState('');
  const [fileName, setFileName] = useState('');
  const [wrong, setWrong] = useState('');
  const [result, setResult] = useState<{ report: OrdersReport; dry: boolean } | null>(null);
  const send = useCommand({
    shown: true,
    run: (dry: boolean) => importOrders({ csv, dry_run: dry, ...(brand ? { brand } : {}) }),
    touches: [['orders'], ['cases']],
    after: (report, dry) => setResult({ report, dry }),
  });
  const read = async (file: File | undefined) => {
    setResult(null);
    setFileName(file?.name ?? '');
    setWrong(file && file.size > MAX_BYTES ? t('order:import.tooLarge') : '');
    setCsv(file && file.size <= MAX_BYTES ? await file.text() : '');
  };
  return (
    <SideDrawer open onClose={onClose} title={t('order:import.title')}>
      <Form label={t('order:import.title')} onSubmit={() => send.mutateAsync(true).then(() => undefined, () => undefined)}>
        <NativeSelect
          label={t('order:import.brand')}
          description={t('order:import.brandHint')}
          value={brand}
          onChange={(event) => setBrand(event.currentTarget.value)}
          data={[{ value: '', label: t('order:import.inTable') }, ...[...brands.values()].map(({ code, name }) => ({ value: code, label: name }))]}
        />
        <div className={styles.file}>
          <span id={id}>{t('order:import.file')}</span>
          <label className={styles.choose}>
            <Icon name="file" size={16} />
            {fileName || t('order:import.choose')}
            <input type="file" accept=".csv,text/csv" className="hidden-visually" aria-invalid={wrong ? true : undefined} aria-describedby={`${id} ${id}-hint`} onChange={(event) => void read(event.currentTarget.files?.[0])} />
          </label>
          <p id={`${id}-hint`} className={wrong ? styles.wrong : 'dim small'}>
            {wrong || t('order:import.fileHint')}
          </p>
        </div>
        {send.error ? <ErrorState what={t('order:import.failed')} error={send.error} /> : null}
        {result ? <Report {...result} /> : null}
        <FormEnd>
          <Button type="submit" variant={result?.dry ? 'default' : 'filled'} disabled={csv === ''} loading={send.isPending && send.variables}>
            {t('order:import.check')}
          </Button>
          {result?.dry ? (
            <Button onClick={() => send.mutate(false)} loading={send.isPending && !send.variables} leftSection={<Icon name="check" size={16} />}>
              {t('order:import.take')}
            </Button>
          ) : null}
        </FormEnd>
      </Form>
    </SideDrawer>
  );
}
