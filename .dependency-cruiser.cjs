/** The arrows of the house: who may import whom. See docs/architecture.md. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may import ${allowed.join(', ') || 'nothing else of ours'}`,
  from: { path: `^${from}/` },
  to: { path: '^(main|preload|renderer|test|scripts)/', pathNot: [`^${from}/`, ...allowed.map((path) => `^${path}`)] },
})

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('contract-is-alone', 'main/contract', []),
    only('core', 'main/core', ['main/contract/']),
    only('headless', 'main/headless', ['main/contract/', 'main/core/index.ts']),
    only('electron', 'main/electron', ['main/contract/', 'main/core/index.ts', 'main/headless/assets.ts']),
    only('cli', 'main/cli', ['main/contract/', 'main/core/index.ts', 'main/headless/server.ts']),
    only('preload', 'preload', ['main/contract/']),
    only('renderer', 'renderer', ['main/contract/']),
    {
      name: 'core-without-electron',
      severity: 'error',
      from: { path: '^main/(contract|core|headless|cli)/' },
      to: { path: '^electron$|node_modules/electron/' },
    },
    {
      name: 'contract-without-node',
      severity: 'error',
      from: { path: '^(main/contract|renderer)/', pathNot: 'vite.config' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
