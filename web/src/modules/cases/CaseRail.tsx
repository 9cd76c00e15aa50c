import type { DeskCaseView } from '../../api/client';
import { useCountries } from '../../lib/countries';
import { useBrands, useModelName, useNodes, useSymptoms } from '../../lib/names';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import { Facts, FactsRail, RailSection } from '../../ui/Card';
import { When } from '../../ui/When';
import styles from './cases.module.css';
import { Clocks } from './panels/Clocks';
import { Coverage } from './panels/Coverage';
import { IdentifyUnit } from './panels/IdentifyUnit';
import { Parts } from './panels/Parts';
import { People } from './panels/People';
import { Proofs } from './panels/Proofs';

function Customer({ view }: { view: DeskCaseView }) {
  const { t } = useT();
  const country = useCountries();
  const { customer } = view;
  if (!customer) return <p className="dim">{t('case:customerHidden')}</p>;
  if (customer.erased) return <p className="dim">{t('case:erased')}</p>;
  const { site } = customer;
  return (
    <Facts
      facts={[
        { label: t('case:fact.name'), value: customer.name },
        { label: t('case:fact.phone'), value: customer.phone ? <a href={`tel:${customer.phone}`}>{customer.phone}</a> : '' },
        { label: t('case:fact.email'), value: customer.email ? <a href={`mailto:${customer.email}`}>{customer.email}</a> : '' },
        { label: t('case:fact.site'), value: [site.street, [site.postcode, site.city].filter(Boolean).join(' '), country(site.country)].filter(Boolean).join(', ') },
        { label: t('case:fact.zone'), value: view.zone },
      ]}
    />
  );
}

function Product({ view }: { view: DeskCaseView }) {
  const { t } = useT();
  const symptoms = useSymptoms();
  const model = useModelName(view.model);
  const brands = useBrands();
  return (
    <Facts
      facts={[
        { label: t('case:fact.brand'), value: brands.get(view.brand)?.name },
        { label: t('case:fact.model'), value: model },
        { label: t('case:fact.serial'), value: view.serial },
        { label: t('case:fact.symptom'), value: symptoms.name(view.symptom) },
      ]}
    />
  );
}

function Origin({ view }: { view: DeskCaseView }) {
  const { t } = useT();
  const word = useWord();
  const nodes = useNodes();
  return (
    <Facts
      facts={[
        { label: t('case:fact.channel'), value: word('channel', view.channel) },
        { label: t('case:fact.priority'), value: word('priority', String(view.priority)) },
        { label: t('case:fact.node'), value: view.node ? nodes.get(view.node)?.name : t('case:unrouted') },
        { label: t('case:fact.opened'), value: <When at={view.opened_at} zone={view.zone} /> },
        { label: t('case:fact.responded'), value: view.responded_at ? <When at={view.responded_at} zone={view.zone} /> : '' },
        { label: t('case:fact.resolved'), value: view.resolved_at ? <When at={view.resolved_at} zone={view.zone} /> : '' },
        {
          label: t('case:fact.link'),
          value: (
            <a className={styles.link} href={`/p/c/${view.link}`} target="_blank" rel="noreferrer">
              {t('case:followLink')}
            </a>
          ),
        },
      ]}
    />
  );
}

/** What is known about the case, beside its timeline. */
export function CaseRail({ view }: { view: DeskCaseView }) {
  const { t } = useT();
  return (
    <FactsRail label={t('case:facts')}>
      <RailSection title={t('case:section.customer')}>
        <Customer view={view} />
        <People view={view} />
      </RailSection>
      <RailSection title={t('case:section.product')}>
        <Product view={view} />
        <IdentifyUnit view={view} />
      </RailSection>
      <Coverage caseId={view.id} />
      <Clocks caseId={view.id} zone={view.zone} />
      <Parts caseId={view.id} />
      <RailSection title={t('case:section.case')}>
        <Origin view={view} />
      </RailSection>
      {view.rating ? (
        <RailSection title={t('case:section.rating')}>
          <p>{t('common:stars', { count: view.rating.stars })}</p>
        </RailSection>
      ) : null}
      <Proofs caseId={view.id} />
    </FactsRail>
  );
}
