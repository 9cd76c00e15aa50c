import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { isProblem } from '../api/problem';
import { withWords } from '../lib/i18n';
import { adoptSettings, meQuery } from '../lib/session';
import { readCapacitySearch } from '../modules/capacity/search';
import { readQueueSearch } from '../modules/cases/search';
import { readBoardSearch } from '../modules/dispatch/search';
import { readInsightSearch } from '../modules/insight/search';
import { readOrderSearch } from '../modules/orders/queries';
import { readStatementSearch } from '../modules/statements/search';
import { DeskFrame } from './DeskFrame';
import { Login } from './Login';
import { LoadFailed, NotFound } from './NotFound';
import { queryClient } from './query';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: Login,
  // Only a path of ours may follow a login, never an address from outside.
  validateSearch: (search: Record<string, unknown>): { next?: string; expired?: boolean } => ({
    ...(typeof search['next'] === 'string' && /^\/(?!\/)/.test(search['next']) ? { next: search['next'] } : {}),
    ...(search['expired'] ? { expired: true } : {}),
  }),
});

/** Everything behind the login. */
const desk = createRoute({
  getParentRoute: () => root,
  id: 'desk',
  component: DeskFrame,
  errorComponent: LoadFailed,
  beforeLoad: async ({ location }) => {
    const known = queryClient.getQueryData(meQuery.queryKey);
    if (known) return;
    try {
      await adoptSettings(await queryClient.ensureQueryData(meQuery));
    } catch (error) {
      if (isProblem(error) && error.status === 401) throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } });
      throw error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => desk,
  path: '/',
  beforeLoad: () => {
    const may = queryClient.getQueryData(meQuery.queryKey)?.permissions ?? [];
    throw redirect({ to: may.includes('queue.read') || may.includes('case.read') ? '/cases' : '/users', replace: true });
  },
});

const cases = createRoute({
  getParentRoute: () => desk,
  path: '/cases',
  validateSearch: readQueueSearch,
  component: lazyRouteComponent(() => import('../modules/cases/QueuePage'), 'QueuePage'),
});
const newCase = createRoute({ getParentRoute: () => desk, path: '/cases/new', component: lazyRouteComponent(() => import('../modules/cases/NewCasePage'), 'NewCasePage') });
/** What times are offered and why, and what is charged: said on the page of a case. */
const caseWords = { en: () => import('../locales/onecase.en'), 'zh-CN': () => import('../locales/onecase.zh-CN') };
const oneCase = createRoute({ getParentRoute: () => desk, path: '/cases/$caseId', component: lazyRouteComponent(() => withWords(caseWords, import('../modules/cases/CasePage')), 'CasePage') });
/** A tenth of all words is about boards, which few people open. */
const dispatchWords = { en: () => import('../locales/dispatch.en'), 'zh-CN': () => import('../locales/dispatch.zh-CN') };
/** Orders, money, figures and setup: pages that most people of the desk never open. */
const officeWords = { en: () => import('../locales/office.en'), 'zh-CN': () => import('../locales/office.zh-CN') };
const dispatch = createRoute({
  getParentRoute: () => desk,
  path: '/dispatch',
  validateSearch: readBoardSearch,
  component: lazyRouteComponent(() => withWords(dispatchWords, import('../modules/dispatch/DispatchPage')), 'DispatchPage'),
});
const insight = createRoute({
  getParentRoute: () => desk,
  path: '/insight',
  validateSearch: readInsightSearch,
  component: lazyRouteComponent(() => withWords(officeWords, import('../modules/insight/InsightPage')), 'InsightPage'),
});
const capacity = createRoute({
  getParentRoute: () => desk,
  path: '/capacity',
  validateSearch: readCapacitySearch,
  component: lazyRouteComponent(() => withWords(dispatchWords, import('../modules/capacity/CapacityPage')), 'CapacityPage'),
});
const orders = createRoute({
  getParentRoute: () => desk,
  path: '/orders',
  validateSearch: readOrderSearch,
  component: lazyRouteComponent(() => withWords(officeWords, import('../modules/orders/OrdersPage')), 'OrdersPage'),
});
const statements = createRoute({
  getParentRoute: () => desk,
  path: '/statements',
  validateSearch: readStatementSearch,
  component: lazyRouteComponent(() => withWords(officeWords, import('../modules/statements/StatementsPage')), 'StatementsPage'),
});
const mail = createRoute({ getParentRoute: () => desk, path: '/mail', component: lazyRouteComponent(() => withWords(officeWords, import('../modules/mail/MailPage')), 'MailPage') });
const deadLetters = createRoute({ getParentRoute: () => desk, path: '/dead-letters', component: lazyRouteComponent(() => withWords(officeWords, import('../modules/deadletters/DeadLettersPage')), 'DeadLettersPage') });
const users = createRoute({ getParentRoute: () => desk, path: '/users', component: lazyRouteComponent(() => withWords(officeWords, import('../modules/users/UsersPage')), 'UsersPage') });

const gallery = __GALLERY__ ? [createRoute({ getParentRoute: () => root, path: '/gallery', component: lazyRouteComponent(() => import('../modules/gallery/GalleryPage')) })] : [];

export const router = createRouter({
  routeTree: root.addChildren([login, desk.addChildren([home, cases, newCase, oneCase, dispatch, insight, capacity, orders, statements, mail, deadLetters, users]), ...gallery]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
