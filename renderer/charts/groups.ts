/** Charts as people think of a training. Names are verl's (verl/trainer/ppo/metric_utils.py), which our TRL trainer uses too. */
const chartGroups = [
  {
    id: 'reward',
    charts: [
      { id: 'reward', keys: [/^critic\/rewards\/mean$/, /^critic\/score\/mean$/], one: true },
      { id: 'spread', keys: [/^critic\/score\/(max|mean|min)$/] },
      { id: 'validation', keys: [/^val-core\//, /^val\/test_score\//] },
      { id: 'advantage', keys: [/^critic\/advantages\/(max|mean|min)$/] },
    ],
  },
  {
    id: 'policy',
    charts: [
      { id: 'kl', keys: [/^actor\/kl_loss$/, /^actor\/reward_kl_penalty$/, /^actor\/ppo_kl$/], one: true },
      { id: 'policyKl', keys: [/^actor\/ppo_kl$/] },
      { id: 'entropy', keys: [/^actor\/entropy(_loss)?$/] },
      { id: 'clipped', keys: [/^actor\/pg_clipfrac(_lower)?$/] },
    ],
  },
  {
    id: 'lengths',
    charts: [
      { id: 'length', keys: [/^response_length\/(mean|max|min)$/] },
      { id: 'cut', keys: [/^response_length\/clip_ratio$/, /^prompt_length\/clip_ratio$/] },
      { id: 'prompt', keys: [/^prompt_length\/(mean|max|min)$/] },
    ],
  },
  {
    id: 'losses',
    charts: [
      { id: 'loss', keys: [/^actor\/pg_loss$/, /^actor\/loss$/], one: true },
      { id: 'gradient', keys: [/^actor\/grad_norm$/, /^critic\/grad_norm$/] },
      { id: 'rate', keys: [/^actor\/lr$/, /^critic\/lr$/] },
      { id: 'value', keys: [/^critic\/vf_loss$/] },
      { id: 'explained', keys: [/^critic\/vf_explained_var$/] },
    ],
  },
  {
    id: 'speed',
    charts: [
      {
        id: 'time',
        keys: [/^timing_s\/step$/, /^timing_s\/(gen|old_log_prob|ref|values|update_critic|update_actor)$/],
      },
      { id: 'throughput', keys: [/^perf\/throughput$/] },
      { id: 'pauses', keys: [/^timing_s\/(testing|save_checkpoint)$/] },
    ],
  },
  {
    id: 'memory',
    charts: [
      { id: 'card', keys: [/^perf\/max_memory_(allocated|reserved)_gb$/] },
      { id: 'host', keys: [/^perf\/cpu_memory_used_gb$/] },
    ],
  },
] as const satisfies readonly GroupRule[]

interface ChartRule {
  id: string
  keys: readonly RegExp[]
  /** The first of the names that is reported, and no other: they say the same. */
  one?: boolean
}
interface GroupRule {
  id: string
  charts: readonly ChartRule[]
}

type Groups = typeof chartGroups
type GroupId = Groups[number]['id']
type ChartId = Groups[number]['charts'][number]['id']

export interface ChartChoice {
  id: ChartId
  keys: string[]
}
export interface GroupChoice {
  id: GroupId
  charts: ChartChoice[]
}

/** What there is to draw of these metrics, in the order of the table; and the names that no chart takes. */
export function chooseCharts(keys: readonly string[]): { groups: GroupChoice[]; others: string[] } {
  const shown = new Set<string>()
  const known = new Set<string>()
  const groups = chartGroups.map(({ id, charts }) => ({
    id,
    charts: charts.flatMap((chart: ChartRule & { id: ChartId }): ChartChoice[] => {
      const found = [...new Set(chart.keys.flatMap((pattern) => keys.filter((key) => pattern.test(key))))]
      for (const key of found) known.add(key)
      const drawn = chart.one === true ? found.slice(0, 1) : found
      if (drawn.every((key) => shown.has(key))) return []
      for (const key of drawn) shown.add(key)
      return [{ id: chart.id, keys: drawn }]
    }),
  }))
  return {
    groups: groups.filter(({ charts }) => charts.length > 0),
    others: keys.filter((key) => !known.has(key)).sort(),
  }
}

/** "actor/pg_loss" in a legend beside others of its chart: what tells it from them. */
export const shortName = (key: string): string => key.split('/').slice(-1)[0] ?? key
