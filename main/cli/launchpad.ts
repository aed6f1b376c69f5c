import { Command, Option } from 'commander'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ORPCError } from '@orpc/client'
import { openDoor, toAppError, type Door } from '#core'
import { serve, type ServeOptions, type Server } from '#headless'
import {
  AppErrorData,
  presetNames,
  type AppErrorData as AppErrorDataType,
  type Client,
  type LockFormat,
  type PlanExportFormat,
} from '#contract'
import { datasetActions, datasetCommand, type DatasetOptions } from './dataset'
import { diagnoseCommand } from './diagnose'
import { doctorLines } from './doctor'
import { cleanCommand, environmentActions, environmentCommand } from './environments'
import { hubActions, hubCommand, type HubOptions } from './hub'
import { failureJson, practice, reportJson, reportLines } from './practice'
import { planJson, planLines, planRequest, readText, type PlanOptions } from './plan'
import { preflight, preflightJson, preflightLines, preflightRequest, type PreflightOptions } from './preflight'
import { modelsActions, modelsCommand, type ModelsOptions } from './models'
import { networkLines, usePreset } from './network'
import { noticesActions, noticesCommand } from './notices'
import { printLog, runsActions, runsCommand, type RunsOptions } from './runs'
import { serveOptions, untilInputEnds, writeServeUnit, type ServeCommand } from './serve'
import { settingsLines, settingPatch } from './show'
import { runRequest, train, type TrainOptions } from './train'
import { createSay, sayError, terminalLanguage, type Say } from './words'

declare const LAUNCHPAD_VERSION: string

/** dist/node/launchpad.mjs -> the folder that holds dist/ and resources/. */
const home = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

interface Common {
  root?: string
  json?: boolean
}

interface Session {
  door: Door
  client: Client
  say: Say
  json: boolean
  /** For people. With --json it goes to the error stream, so that the output is for machines alone. */
  print: (line: string) => void
}

const program = new Command('launchpad')
  .version(LAUNCHPAD_VERSION)
  .description('Gets verl reinforcement-learning training to really run on the GPU you have')

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--root <folder>', 'data folder (default: the one chosen in the app, else ~/verl-launchpad)')
    .option('--json', 'machine-readable result on the last line')
}

/** Opens the core, runs `work`, closes; the exit code is what `work` says, 1 after an error. */
async function withCore(options: Common, work: (session: Session) => Promise<number>): Promise<void> {
  const json = options.json === true
  const print = (line: string) => (json ? process.stderr : process.stdout).write(`${line}\n`)
  const root = options.root === undefined ? null : resolve(options.root)
  const door = openDoor({ root, resources: join(home, 'resources'), version: LAUNCHPAD_VERSION })
  let say = await createSay(null)
  try {
    const client = await door.client()
    say = await createSay((await client.snapshot()).settings.language)
    process.exitCode = await work({ door, client, say, json, print })
  } catch (thrown) {
    const error = errorOf(thrown)
    print(sayError(say, error))
    if (json) printJson({ error: { ...error, message: sayError(say, error) } })
    process.exitCode = 1
  } finally {
    await door.dispose()
  }
}

function errorOf(thrown: unknown): AppErrorDataType {
  if (thrown instanceof ORPCError) {
    const data = AppErrorData.safeParse(thrown.data)
    if (data.success) return data.data
    return { code: thrown.code === 'BAD_REQUEST' ? 'BAD_INPUT' : 'INTERNAL', params: { detail: thrown.message } }
  }
  return toAppError(thrown).data
}

const collect = (value: string, before: string[]) => [...before, value]

const collectNumber = (value: string, before: number[]) => [...before, Number(value)]

const printJson = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)

const portOption = () => new Option('--port <number>', 'port of the page (0: any)').default(0).argParser(Number)

async function openPage(door: Door, port: number, more: Partial<ServeOptions> = {}): Promise<Server | null> {
  const assets = join(home, 'dist', 'renderer')
  return existsSync(join(assets, 'index.html')) ? serve({ door, assets, port, ...more }) : null
}

const untilInterrupted = () =>
  new Promise<void>((done) => (process.once('SIGINT', () => done()), process.once('SIGTERM', () => done())))

command('practice', 'the whole job on this machine with a tiny model: environment, data, training, charts')
  .option('--steps <number>', 'training steps', Number, 20)
  .option('--data <folder>', "train.jsonl and test.jsonl in GSM8K's form (default: problems made on the spot)")
  .option('--keep-open', 'keep serving the page afterwards')
  .addOption(portOption())
  .action((options: Common & { steps: number; data?: string; keepOpen?: boolean; port: number }) =>
    withCore(options, async ({ door, client, say, json, print }) => {
      const page = await openPage(door, options.port)
      try {
        if (page !== null) print(say('terminal.livePage', { address: page.address }))
        const job = await practice(client, { steps: options.steps, data: options.data ?? null }, say, print)
        if (job.error !== null) print(`\n${sayError(say, job.error)}`)
        const keepOpen = options.keepOpen === true && page !== null
        if (job.report !== null) {
          for (const line of reportLines(say, await client.snapshot(), job.report, keepOpen ? page.address : ''))
            print(line)
        }
        if (keepOpen) await untilInterrupted()
        if (json) printJson(job.report === null ? failureJson(job, say) : reportJson(job.report))
        if (job.status === 'done' && (job.report?.steps ?? 0) > 0) return 0
        return job.status === 'cancelled' ? 130 : 1
      } finally {
        await page?.close()
      }
    }),
  )

command('serve', 'the page for a browser on this machine, for servers without a screen')
  .option('--shell', 'let the page open terminals in environments, and start commands')
  .option('--allow <folder>', 'folders that the page may name beside the home and data folders', collect, [])
  .option('--host <address>', 'where it listens (default: 127.0.0.1); another machine needs a certificate')
  .option('--tls-cert <file>', 'certificate of the server (PEM)')
  .option('--tls-key <file>', 'its key (PEM)')
  .option('--until-input-ends', 'end with the input: for programs that start this through ssh')
  .option('--write-systemd', 'write a systemd user unit that runs this very command, and end')
  .addOption(portOption())
  .action((options: Common & ServeCommand) => {
    if (options.writeSystemd === true) return writeServeUnit(options)
    return withCore(options, async ({ door, say, json, print }) => {
      const page = await openPage(door, options.port, serveOptions(options))
      if (page === null) {
        print(say('terminal.notBuilt'))
        return 1
      }
      print(page.address)
      print(say('terminal.tunnel', { port: page.port }))
      if (json) printJson({ address: page.address, port: page.port })
      await Promise.race([untilInterrupted(), ...(options.untilInputEnds === true ? [untilInputEnds()] : [])])
      await page.close()
      return 0
    })
  })

command('doctor', 'measure this machine')
  .option('--hardware <file>', 'show an exported report, or the output of nvidia-smi -q -x, instead')
  .action((options: Common & { hardware?: string }) =>
    withCore(options, async ({ client, say, json, print }) => {
      const machine =
        options.hardware === undefined
          ? await client.machine.measure()
          : await client.plan.readHardware({ text: await readText(options.hardware) })
      for (const line of doctorLines(machine, say, Math.min(process.stdout.columns ?? 100, 120))) print(line)
      if (json) printJson(machine)
      return 0
    }),
  )

const planned = (command: Command) =>
  command
    .option('--model <folder or id>', 'a model folder, or a known model', 'Qwen/Qwen2.5-0.5B-Instruct')
    .addOption(new Option('--algorithm <name>').choices(['auto', 'grpo', 'ppo']).default('auto'))
    .addOption(new Option('--goal <name>').choices(['fits', 'fast', 'careful']).default('fits'))
    .option('--data <folder>', 'parquet or JSON lines; lengths and rows are read from it')
    .option('--hardware <file>', 'an exported machine report, or the output of "nvidia-smi -q -x"')
    .option('--gpu <id>', 'a card (0) or a MIG slice (0:1/0); default: the best one')
    .option('--ram <GB>', 'main memory of the machine that the report is of', Number)
    .option('--disk <GB>', 'free space on it', Number)
    .option('--cpus <number>', 'its processors', Number)
    .option('--set <key=value>', 'change a value by hand; may be given more than once', collect, [])
    .option('--import <file>', 'start from an exported plan')

planned(command('plan', 'fit a training plan to this machine, with a reason for every value'))
  .addOption(new Option('--export <form>', 'print it as a file').choices(['sh', 'yaml', 'json']))
  .option('--models', 'list the models known by their id')
  .action((options: Common & PlanOptions & { export?: PlanExportFormat; models?: boolean }) =>
    withCore(options, async ({ client, say, json, print }) => {
      if (options.models === true) {
        const models = await client.plan.models()
        for (const { name, parameters } of models) print(`${(parameters / 1e9).toFixed(2)} B  ${name}`)
        if (json) printJson(models)
        return 0
      }
      const request = await planRequest(client, options)
      if (options.export !== undefined) {
        const language = terminalLanguage((await client.snapshot()).settings.language)
        process.stdout.write((await client.plan.export({ request, format: options.export, language })).text)
        return 0
      }
      const plan = await client.plan.make(request)
      for (const line of planLines(plan, say)) print(line)
      if (json) printJson(planJson(plan, say))
      // Not runnable is an answer, not a failure.
      return 0
    }),
  )

command('env', 'environments: make, check, repair, adopt, export or remove one')
  .argument('[action]', environmentActions.join(' | '), 'list')
  .argument('[name]', 'make: a recipe; adopt: a folder; else an environment')
  .addOption(new Option('--format <form>', 'export').choices(['requirements', 'conda']).default('requirements'))
  .action((action: string, name: string | undefined, options: Common & { format: LockFormat }) =>
    withCore(options, async ({ client, say, json, print }) => {
      const { value, code } = await environmentCommand({ client, say, print }, action, name, options.format)
      if (json) printJson(value)
      return code
    }),
  )

command('hub', 'models and datasets: search, look, download, verify, delete')
  .argument('[action]', hubActions.join(' | '), 'list')
  .argument('[name]', 'a name, or the address of a page; token: huggingface | modelscope')
  .argument('[more]', 'preview: a file; token: set (read from the input) | forget')
  .option('--dataset', 'a dataset, not a model')
  .option(
    '--from <source>',
    'huggingface | modelscope | an address | a folder (default: as set in network.hubEndpoint)',
  )
  .option('--revision <name>', 'branch, tag or commit')
  .option('--include <pattern>', 'get: only these files; may be given more than once', collect, [])
  .option('--exclude <pattern>', 'get: not these; may be given more than once', collect, [])
  .option('--rows <number>', 'preview', Number, 5)
  .option('--environment <id>', 'say: where it is loaded (default: a ready one)')
  .option('--prompt <text>', 'say', '1+1=')
  .action((action: string, name: string | undefined, more: string | undefined, options: Common & HubOptions) =>
    withCore(options, async ({ client, say, json, print }) => {
      const { value, code } = await hubCommand({ client, say, print, options }, action, name, more)
      if (json) printJson(value)
      return code
    }),
  )

command('dataset', 'data before verl reads it: look, check, score, and write what verl reads')
  .argument('[action]', datasetActions.join(' | '), 'list')
  .argument('[paths...]', 'files or a folder, or a dataset of the library; rm: a dataset of the list')
  .option('--config <name>', 'which configuration of it')
  .option('--split <name>', 'which split of it')
  .option('--test <split or path>', 'the validation rows')
  .option('--preset <name>', presetNames.join(' | '))
  .option('--recipe <file>', 'a recipe that was saved')
  .option('--save-recipe <file>', 'convert: keep the recipe')
  .option('--raw', 'lint: the files as verl would read them, without a recipe')
  .option('--skip-bad-lines', 'leave out lines that cannot be read, and keep them in a file of their own')
  .option('--model <name or folder>', 'whose tokens are counted')
  .option('--thinking', 'render with thinking on')
  .option('--no-thinking', 'render with thinking off')
  .option('--max-prompt-tokens <number>', 'lint, tokens', Number)
  .option('--batch <number>', 'lint: prompts in a training batch', Number)
  .option('--name <name>', 'convert: its name')
  .option('--out <folder>', 'convert: another folder')
  .option('--environment <id>', 'convert: where verl reads it back; reward: where it is scored')
  .option('--verl', "reward: by verl's own function, in an environment")
  .option('--function <file:name>', 'reward: by a function of yours, in an environment')
  .option('--completion <text>', 'reward: an answer to score; may be given more than once', collect, [])
  .option('--row <number>', 'reward: the row that the completion answers', Number, 0)
  .option('--rows <number>', 'inspect: rows to print', Number, 2)
  .action((action: string, paths: string[], options: Common & DatasetOptions) =>
    withCore(options, async ({ client, say, json, print }) => {
      const { value, code } = await datasetCommand({ client, say, print, options }, action, paths)
      if (json) printJson(value)
      return code
    }),
  )

command('clean', 'what could be deleted, with sizes; with names, or --yes for all that loses nothing, it is')
  .argument('[names...]')
  .option('--yes', 'delete everything that can be fetched or made again')
  .action((names: string[], options: Common & { yes?: boolean }) =>
    withCore(options, async ({ client, say, json, print }) => {
      const { value, code } = await cleanCommand({ client, say, print }, names, options.yes === true)
      if (json) printJson(value)
      return code
    }),
  )

command('runs', 'runs: list, look, stop, resume; their checkpoints and samples')
  .argument('[action]', runsActions.join(' | '), 'list')
  .argument('[run]')
  .argument('[more]', 'rename: the name; pin: the step')
  .option('--now', 'stop: without giving it time to save')
  .option('--after-checkpoint', 'stop: after the next checkpoint')
  .option('--step <number>', 'resume: from this checkpoint; samples: of this step', Number)
  .option('--validation', 'samples: of validations')
  .option('--unpin', 'pin: no more')
  .action((action: string, id: string | undefined, more: string | undefined, options: Common & RunsOptions) =>
    withCore(options, async ({ client, say, json, print }) => {
      if (action === 'log') return printLog(client, id ?? '')
      const value = await runsCommand({ client, say, print, options }, action, id, more)
      if (json) printJson(value)
      return 0
    }),
  )

planned(command('train', 'train with verl: a plan, or a command of yours behind "--"; it goes on when this ends'))
  .argument('[command...]', "instead of a plan: a program that prints verl's metric lines")
  .option('--name <text>')
  .option('--steps <number>', 'at most', Number)
  .option('--environment <id>', 'default: the one that is used for the recipe of the plan')
  .option('--restarts <number>', 'after a crash that came after progress', Number, 0)
  .option('--cluster <address>', 'a Ray cluster that takes jobs: http://host:8265')
  .option('--shared <folder>', 'on every machine of the cluster, and here')
  .option('--detach', 'do not follow it')
  .action((words: string[], options: Common & TrainOptions) =>
    withCore(options, async ({ client, say, json, print }) => {
      const run = await train(client, await runRequest(client, options, words), options.detach === true, say, print)
      if (json) printJson(run)
      return run.status === 'failed' || run.status === 'lost' ? 1 : 0
    }),
  )

planned(command('preflight', 'ask the installed verl in seconds what would stop a training after twenty minutes'))
  .argument('[command...]', 'instead of a plan: a command behind "--" that starts verl.trainer.main_ppo')
  .option('--script <file>', 'a shell script with such a command; "-": from the input')
  .option('--environment <id>', 'default: the one that is used for the recipe of the plan')
  .option('--steps <number>', 'at most', Number)
  .option('--no-gpu', 'for another machine: do not look at cards')
  .action((words: string[], options: Common & PreflightOptions) =>
    withCore(options, async ({ client, say, json, print }) => {
      const report = await preflight(client, await preflightRequest(client, options, words))
      for (const line of preflightLines(report, say)) print(line)
      if (json) printJson(preflightJson(report, say))
      return report.passed ? 0 : 1
    }),
  )

command('diagnose', 'why a training died: of a run, or of any log')
  .argument('<log>', 'a run, a file, or "-": from the input')
  .option('--apply <number>', 'try the run again with this remedy of the list', Number)
  .action((log: string, options: Common & { apply?: number }) =>
    withCore(options, async ({ client, say, json, print }) => {
      const { value, lines, code } = await diagnoseCommand(client, log, options.apply ?? null, say)
      for (const line of lines) print(line)
      if (json) printJson(value)
      return code
    }),
  )

command('report', 'what somebody who helps would ask for, in one text without what is private')
  .argument('[file]', 'where to write it; left out: printed')
  .action((file: string | undefined, options: Common) =>
    withCore(options, async ({ client, json, print }) => {
      const { text } = await client.support.report()
      if (file !== undefined) await writeFile(file, text)
      else if (!json) print(text)
      if (json) printJson({ file: file ?? null, text })
      return 0
    }),
  )

command('models', 'from the checkpoint of a run to a model: make it, copy it, or ask it beside the one before')
  .argument('<action>', modelsActions.join(' | '))
  .argument('<run>')
  .argument('[folder]', 'export: new or empty')
  .option('--step <number>', 'of the checkpoint (default: the newest)', Number)
  .option('--row <number>', 'ask: a row of the validation; may be given more than once', collectNumber, [])
  .option('--question <text>', 'ask: one of yours; may be given more than once', collect, [])
  .option('--max-tokens <number>', 'ask: of an answer', Number, 256)
  .action((action: string, run: string, folder: string | undefined, options: Common & ModelsOptions) =>
    withCore(options, async ({ client, say, json, print }) => {
      const { value, code } = await modelsCommand({ client, say, print, options }, action, run, folder)
      if (json) printJson(value)
      return code
    }),
  )

command('notices', 'what happened in the trainings; webhook, set (the address is read from the input), forget, try')
  .argument('[action]', noticesActions.join(' | '), 'list')
  .action((action: string, options: Common) =>
    withCore(options, async ({ client, say, json, print }) => {
      const { value, code } = await noticesCommand({ client, say, print }, action)
      if (json) printJson(value)
      return code
    }),
  )

command('settings', 'show the settings, or change one: launchpad settings network.proxy http://host:port')
  .argument(
    '[name]',
    'language | theme | network.(proxy | caFile | packageIndex | torchIndex | condaChannels | hubEndpoint) | downloads.(limit | connections | atOnce) | notify.(kinds | quiet)',
  )
  .argument('[value]', '"-" sets it back')
  .action((name: string | undefined, value: string | undefined, options: Common) =>
    withCore(options, async ({ client, json, print }) => {
      const settings =
        name === undefined || value === undefined
          ? (await client.snapshot()).settings
          : await client.settings.update(settingPatch(name, value))
      for (const line of settingsLines(settings)) print(line)
      if (json) printJson(settings)
      return 0
    }),
  )

command('network', 'show how the network is reached and how quick each preset is, or use one: network use tuna')
  .argument('[action]', 'show | use', 'show')
  .argument('[preset]')
  .action((action: string, preset: string | undefined, options: Common) =>
    withCore(options, async ({ client, say, json, print }) => {
      if (action === 'use') await usePreset(client, preset ?? '')
      const presets = await client.network.presets()
      const probes = action === 'use' ? null : await client.network.probe()
      const { network } = (await client.snapshot()).settings
      for (const line of networkLines(network, presets, probes, say)) print(line)
      if (json) printJson({ network, presets, probes })
      return 0
    }),
  )

// A reader that has seen enough (head, less) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})
await program.parseAsync()
