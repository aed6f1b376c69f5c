import { defaultSettings, type Projection } from '#contract'

/** What a page sees of a root in which nothing has happened yet. */
export const emptyProjection = (root = '/'): Projection => ({
  info: { version: '0', root, rootChangeable: false, platform: 'linux', findings: [] },
  settings: defaultSettings,
  machine: null,
  plan: null,
  environments: {},
  downloads: {},
  library: {},
  datasets: {},
  jobs: {},
  runs: {},
  notices: {},
})
