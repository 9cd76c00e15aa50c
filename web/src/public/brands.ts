import { api, body, type NetworkPublicBrand } from '../api/client';
import { useLoad } from './parts';

/** The brands that are served; an empty list while it is not known. */
export function useServedBrands(): NetworkPublicBrand[] {
  return useLoad((signal) => body(api.GET('/v1/public/brands', { signal })), 'brands').value?.items ?? [];
}
