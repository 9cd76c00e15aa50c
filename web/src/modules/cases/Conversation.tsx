import { Button, SegmentedControl, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Ref, useImperativeHandle, useMemo, useRef } from 'react';
import type { DeskCaseView } from '../../api/client';
import { useCommand } from '../../lib/command';
import { useForm } from '../../lib/form';
import { useFormats } from '../../lib/format';
import { useMay, useMe } from '../../lib/session';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Card } from '../../ui/Card';
import { Form, FormEnd } from '../../ui/Form';
import { ErrorState, Skeleton } from '../../ui/States';
import { Timeline } from '../../ui/Timeline';
import styles from './cases.module.css';
import { say, timelineQuery } from './queries';
import { toEntries } from './timeline';

export interface ComposerHandle {
  /** Puts the cursor where one writes: to the customer, or a note among us. */
  write: (internal: boolean) => void;
}

function Composer({ view, ref }: { view: DeskCaseView; ref?: Ref<ComposerHandle> }) {
  const { t } = useT();
  const area = useRef<HTMLTextAreaElement>(null);
  const form = useForm<{ text: string; internal: boolean }>({ initial: { text: '', internal: false }, draft: view.id, check: ({ text }) => ({ text: text.trim() ? undefined : t('case:emptyText') }) });
  const { internal, text } = form.values;
  const send = useCommand({
    run: () => say(view.id, text.trim(), internal),
    touches: [['case', view.id], ['cases']],
    done: () => t(internal ? 'case:noteKept' : 'case:answerSent'),
    after: form.clear,
  });
  useImperativeHandle(ref, () => ({
    write: (note) => {
      form.set('internal', note);
      area.current?.focus();
    },
  }));
  return (
    <div className={styles.composer}>
      <Form label={t('case:write')} onSubmit={() => (form.valid() ? send.mutateAsync(undefined).then(() => undefined, () => undefined) : undefined)}>
        <SegmentedControl
          size="xs"
          aria-label={t('case:to')}
          value={internal ? 'note' : 'answer'}
          onChange={(value) => form.set('internal', value === 'note')}
          data={[
            { value: 'answer', label: t('case:toCustomer') },
            { value: 'note', label: t('case:asNote') },
          ]}
          style={{ justifySelf: 'start' }}
        />
        <Textarea {...form.input('text')} ref={area} rows={3} maxLength={8000} label={t(internal ? 'case:noteLabel' : 'case:answerLabel')} description={t('case:sendHint')} />
        <FormEnd>
          <Button type="submit" variant="default" loading={send.isPending}>
            {t(internal ? 'case:keepNote' : 'case:sendAnswer')}
          </Button>
        </FormEnd>
      </Form>
    </div>
  );
}

/** Everything that was said and done, and the place to go on. */
export function Conversation({ view, ref }: { view: DeskCaseView; ref?: Ref<ComposerHandle> }) {
  const { t, has } = useT();
  const word = useWord();
  const formats = useFormats();
  const may = useMay();
  const me = useMe()?.user_id;
  const { data, error, refetch } = useQuery(timelineQuery(view.id));
  const customer = view.customer?.name ?? t('case:customer');
  const entries = useMemo(() => toEntries(data?.items ?? [], { t, has, word, formats, zone: view.zone, customer, me }), [data, t, has, word, formats, view.zone, customer, me]);
  return (
    <Card title={t('case:timeline')} flush>
      <div style={{ padding: '16px 16px 4px' }}>
        {error ? <ErrorState what={t('case:timelineFailed')} error={error} retry={() => void refetch()} /> : null}
        {data ? <Timeline entries={entries} zone={view.zone} label={t('case:timeline')} /> : null}
        {!data && !error ? <Skeleton /> : null}
      </div>
      {may('message.write') || may('note.write') ? <Composer view={view} {...(ref ? { ref } : {})} /> : null}
    </Card>
  );
}
