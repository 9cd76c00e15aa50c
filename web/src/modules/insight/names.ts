import { useCallback } from 'react';
import { useCountries } from '../../lib/countries';
import { useBrands, useNodes, useSymptoms } from '../../lib/names';
import { useT } from '../../lib/t';
import { useWord } from '../../lib/words';
import type { Dimension } from './search';

/** The name of a value that the figures are cut by. */
export function useCutName(): (dimension: Dimension, key: string) => string {
  const { t, has } = useT();
  const word = useWord();
  const brands = useBrands();
  const nodes = useNodes();
  const symptoms = useSymptoms();
  const country = useCountries();
  return useCallback(
    (dimension, key) => {
      switch (dimension) {
        case 'brand':
          return brands.get(key)?.name ?? key;
        case 'node':
          return nodes.get(key)?.name ?? key;
        case 'country':
          return country(key);
        case 'symptom':
          return symptoms.name(key);
        case 'work_type':
          return word('workType', key);
        case 'mode':
        case 'outcome': {
          const name = `word:${dimension}.${key}`;
          return has(name) ? t(name) : key;
        }
      }
    },
    [t, has, word, brands, nodes, symptoms, country],
  );
}
