import { loadKnowledge } from '../../main/core/plan/knowledge'
import { compareMemory } from '../support/measured-memory'
import { measureDatasetOpen, wasDatasetChild } from './dataset-open'
import { printConvert } from './dataset-convert'
import { printTokens } from './dataset-tokens'
import { measureFuzz } from './dataset-fuzz'
import { printDiagnosis } from './diagnosis'
import { measureDownloads } from './downloads'
import { measureEnvironments, type EnvironmentTimes } from './environments'
import { measureFlood } from './flood'
import { findPracticePython, measurePlanning } from './plan'
import { measurePage } from './page'
import { kb, mb, ms, print } from './table'
import { printRuns, wasRunsChild } from './runs'
import { printSoak } from './soak'
import { printStart } from './start'

/** `npm run bench -- downloads --scale=0.1 --repeats=1 --soak=20 --latencies=0,40`: that one alone, smaller. */
const option = (name: string, usual: string) =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? usual
const downloads = () =>
  measureDownloads({
    scale: Number(option('scale', '1')),
    repeats: Number(option('repeats', '3')),
    soak: Number(option('soak', '200')),
    latencies: option('latencies', '0,40,200').split(',').map(Number),
  })
/** `npm run bench -- runs --seconds=20 --parts=overhead,attach,start,charts`: shorter, or only some. */
const runs = () =>
  printRuns({
    seconds: Number(option('seconds', '60')),
    parts: option('parts', 'overhead,attach,start,charts').split(','),
  })
if (process.argv[2] === 'downloads') {
  await downloads()
  process.exit(0)
}

if ((await wasDatasetChild()) || (await wasRunsChild())) process.exit(0)
if (process.argv[2] === 'diagnosis') {
  await printDiagnosis({ megabytes: Number(option('megabytes', '1000')) })
  process.exit(0)
}
if (process.argv[2] === 'soak') {
  await printSoak({
    megabytes: Number(option('megabytes', '1000')),
    steps: Number(option('steps', '2880')),
    seconds: Number(option('seconds', '240')),
  })
  process.exit(0)
}
if (process.argv[2] === 'start') {
  await printStart(process.env['LAUNCHPAD_E2E_ELECTRON'] ?? '')
  process.exit(0)
}
if (process.argv[2] === 'runs') {
  await runs()
  process.exit(0)
}
if (process.argv[2] === 'dataset') {
  await measureDatasetOpen({ scale: Number(option('scale', '1')) })
  process.exit(0)
}
if (process.argv[2] === 'dataset-convert') {
  await printConvert(option('data', '../shared/data/gsm8k/train.jsonl'))
  process.exit(0)
}
if (process.argv[2] === 'dataset-tokens') {
  await printTokens(option('data', '../shared/data/gsm8k/train.jsonl'))
  process.exit(0)
}
if (process.argv[2] === 'dataset-fuzz') {
  await measureFuzz({
    cases: Number(option('cases', '10000')),
    seed: Number(option('seed', '1')),
    from: Number(option('from', '0')),
  })
  process.exit()
}

const { recipes } = await loadKnowledge('resources')
function measuredRecipe() {
  const recipe = recipes.find(({ id }) => id === 'pascal-verl-0.5')
  if (recipe === undefined) throw new Error('no recipe pascal-verl-0.5')
  return recipe
}

const planning = await measurePlanning(findPracticePython())
const peer = (what: string, value: number | null) => `${what}: ${value === null ? 'not here' : ms(value)}`
print('Machine and plan (median of 7, warm files)', [
  {
    what: 'doctor, from the command to the end',
    ours: ms(planning.doctorMs),
    compared: `aim: at most 2000 ms; ${peer('python -m torch.utils.collect_env', planning.peerDoctorMs)}`,
  },
  { what: 'plan that fits', ours: `${planning.planMs.toFixed(1)} ms`, compared: 'aim: at most 50 ms' },
  {
    what: 'plan refused, with what would run',
    ours: `${planning.refusedMs.toFixed(1)} ms`,
    compared: 'aim: at most 50 ms',
  },
  {
    what: `model facts from ${planning.shards} shards`,
    ours: ms(planning.factsMs),
    compared: `aim: at most 100 ms; ${peer('safetensors (Python) over the same files', planning.peerFactsMs)}`,
  },
])

const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(2)
print(
  'Memory table against a real card, GiB at the peak (H100, verl 0.5.0, test/fixtures/memory)',
  compareMemory(measuredRecipe()).flatMap(({ name, peak, process, host }) => [
    {
      what: name,
      ours: gib(peak.planned),
      compared: `measured ${gib(peak.measured)}; host ${gib(host.planned)}, worker measured ${gib(host.measured)}`,
    },
    ...(process === null
      ? []
      : [
          { what: `${name}, whole process`, ours: gib(process.planned), compared: `measured ${gib(process.measured)}` },
        ]),
  ]),
)

const seconds = ({ cold, warm }: EnvironmentTimes) =>
  `${(cold / 1000).toFixed(1)} s cold, ${(warm / 1000).toFixed(1)} s warm`
const made = await measureEnvironments()
print('The practice environment from nothing, and again with full caches', [
  {
    what: 'made, without the smoke test',
    ours: seconds(made.ours),
    compared: `uv: ${seconds(made.uv)}; venv and pip: ${seconds(made.pip)}; aim: at most 1.1 x uv`,
  },
  { what: 'smoke test', ours: seconds(made.smokeTest), compared: 'the others have none' },
  {
    what: 'one deleted package brought back, every file compared',
    ours: `${(made.repairMs / 1000).toFixed(1)} s`,
    compared: 'the others: make it again',
  },
  { what: 'stopped in the middle of an installation after', ours: ms(made.cancelMs), compared: 'aim: at most 2000 ms' },
])

const page = await measurePage()
print('Page, browser door (median of 5 loads, fresh profile each)', [
  { what: 'interactive after', ours: ms(page.interactiveMs), compared: 'aim: at most 1500 ms' },
  { what: 'JavaScript of the first load, gzipped', ours: kb(page.scriptBytes), compared: 'aim: at most 350 KB' },
  { what: 'longest task while loading', ours: ms(page.longestTaskMs), compared: '' },
  { what: 'server ready after', ours: ms(page.serverMs), compared: `a bare Node (node -e 0): ${ms(page.nodeMs)}` },
  {
    what: 'core idle, resident',
    ours: mb(page.idleBytes),
    compared: `aim: under 120 MB; a bare Node: ${mb(page.nodeBytes)}`,
  },
])

const flood = await measureFlood(200)
print(`Log flood: ${mb(flood.bytes)} of coloured lines with progress bars`, [
  {
    what: 'supervisor to file',
    ours: `${(flood.bytes / 2 ** 20 / flood.seconds).toFixed(0)} MB/s`,
    compared: `util-linux script: ${flood.peerSeconds === null ? 'not here' : `${(flood.bytes / 2 ** 20 / flood.peerSeconds).toFixed(0)} MB/s`}`,
  },
  { what: 'lines', ours: `${Math.round(flood.lines / flood.seconds / 1000)} thousand/s`, compared: '' },
  { what: 'bytes missing in the file', ours: String(flood.missing), compared: 'aim: 0' },
  { what: "page's longest task", ours: ms(flood.longestTaskMs), compared: 'aim: under 50 ms' },
  { what: 'page caught up with the end after', ours: ms(flood.caughtUpMs), compared: '' },
  { what: "page's memory, most", ours: mb(flood.pageBytes), compared: '' },
  { what: 'core resident, most', ours: mb(flood.coreBytes), compared: '' },
])

await runs()

console.log('\nDownloads, against hf download and aria2c over the same hub on loopback')
await downloads()
