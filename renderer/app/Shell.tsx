import {
  IconActivity,
  IconAdjustmentsHorizontal,
  IconBooks,
  IconBox,
  IconCpu2,
  IconListDetails,
  IconRocket,
  IconStethoscope,
  IconTable,
  type Icon,
} from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { isUnderWay } from '../features/library/choice'
import { PracticePage } from '../features/practice/PracticePage'
import { ServerButton } from '../features/server/Servers'
import { hrefOf, pages, useRoute, type Page } from '../stores/route'
import { useCore } from '../stores/projection'
import { Findings } from '../ui/Findings'
import { PageSkeleton } from '../ui/PageSkeleton'
import { Banner, ConnectionDot } from './Connection'
import { Logo } from './Logo'
import { MachineLine } from './MachineLine'
import { Palette } from './palette/Palette'
import css from './app.module.css'

const load = {
  plan: () => import('../features/plan/PlanPage'),
  library: () => import('../features/library/LibraryPage'),
  data: () => import('../features/dataset/DataPage'),
  runs: () => import('../features/train/RunsPage'),
  diagnosis: () => import('../features/diagnosis/DiagnosisPage'),
  machine: () => import('../features/machine/MachinePage'),
  environments: () => import('../features/environment/EnvironmentsPage'),
  settings: () => import('../features/settings/SettingsPage'),
  log: () => import('../terminal/LogView'),
  chart: () => import('../charts/Chart'),
}

const PlanPage = lazy(load.plan)
const LibraryPage = lazy(load.library)
const DataPage = lazy(load.data)
const RunsPage = lazy(load.runs)
const DiagnosisPage = lazy(load.diagnosis)
const MachinePage = lazy(load.machine)
const EnvironmentsPage = lazy(load.environments)
const SettingsPage = lazy(load.settings)

/** Once the page is calm the rest is fetched, so that every screen opens at once, also while the core is away. */
function useTheRestLater(): void {
  useEffect(() => {
    const calm = requestIdleCallback(() => Object.values(load).forEach((get) => void get().catch(() => undefined)), {
      timeout: 5000,
    })
    return () => cancelIdleCallback(calm)
  }, [])
}

const icons: Record<Page, Icon> = {
  practice: IconRocket,
  plan: IconListDetails,
  library: IconBooks,
  data: IconTable,
  runs: IconActivity,
  diagnosis: IconStethoscope,
  machine: IconCpu2,
  environments: IconBox,
  settings: IconAdjustmentsHorizontal,
}

function Screen() {
  const { page, id } = useRoute()
  switch (page) {
    case 'practice':
      return <PracticePage />
    case 'plan':
      return <PlanPage />
    case 'library':
      return <LibraryPage id={id} />
    case 'data':
      return <DataPage id={id} />
    case 'runs':
      return <RunsPage id={id} />
    case 'diagnosis':
      return <DiagnosisPage />
    case 'machine':
      return <MachinePage />
    case 'environments':
      return <EnvironmentsPage />
    case 'settings':
      return <SettingsPage />
  }
}

function Navigation() {
  const { t } = useTranslation()
  const { page: here } = useRoute()
  const training = useCore(
    ({ runs }) => Object.values(runs).filter(({ status }) => status === 'running' || status === 'starting').length,
  )
  const coming = useCore(({ downloads }) => Object.values(downloads).filter(isUnderWay).length)
  return (
    <nav aria-label={t('app.navigation')} className={css.nav}>
      <ul>
        {pages.map((page) => {
          const Shape = icons[page]
          return (
            <li key={page}>
              <a href={hrefOf(page)} aria-current={page === here ? 'page' : undefined}>
                <Shape size={19} stroke={1.7} aria-hidden />
                <span>{t(`nav.${page}`)}</span>
                {page === 'runs' && training > 0 && <Count count={training} what={t('runStatus.running')} />}
                {page === 'library' && coming > 0 && <Count count={coming} what={t('library.downloads.title')} />}
              </a>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

function Count({ count, what }: { count: number; what: string }) {
  return (
    <span className={css.count}>
      {count}
      <span className="hidden-visually">{what}</span>
    </span>
  )
}

function OpeningFindings() {
  const { t } = useTranslation()
  const findings = useCore((state) => state.info.findings)
  if (findings.length === 0) return null
  return (
    <div className={css.findings}>
      <Findings findings={findings} title={t('damaged.title')} />
    </div>
  )
}

export function Shell() {
  const { t } = useTranslation()
  const { page, id } = useRoute()
  const version = useCore((state) => state.info.version)
  useTheRestLater()
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    // In braces: newer Chromium returns a promise from scrollTo, and an effect may return only its clean-up.
    void main.current?.scrollTo({ top: 0 })
  }, [page, id])
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#content" onClick={focusContent}>
        {t('app.skip')}
      </a>
      <header className={css.side}>
        <a href={hrefOf('practice')} className={css.brand}>
          <Logo size={28} />
          <span>{t('app.name')}</span>
        </a>
        <Palette />
        <Navigation />
        <div className={css.sideFoot}>
          <MachineLine />
          <ConnectionDot />
          <ServerButton />
          <p className={css.version}>{t('app.version', { version })}</p>
        </div>
      </header>
      <main ref={main} className={css.main} id="content" tabIndex={-1} data-quiet-focus>
        <Banner />
        <OpeningFindings />
        <Suspense fallback={<PageSkeleton />}>
          {/* The data page keeps what is open from tab to tab; it looks at its part of the address itself. */}
          <Screen key={page === 'data' ? page : `${page}/${id ?? ''}`} />
        </Suspense>
      </main>
    </div>
  )
}

/** The fragment is the route here, so the link moves the focus itself. */
function focusContent(event: React.MouseEvent) {
  event.preventDefault()
  document.getElementById('content')?.focus()
}
