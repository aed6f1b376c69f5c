import type { ErrorCode } from '../errors'
import type { StepId, StepView } from '../job'
import type { RunView } from '../run'

/** Sentences for everything the core says in codes. This file is the type the other languages must satisfy. */
export const en = {
  errors: {
    BAD_INPUT: 'That is not valid: {{detail}}',
    NOT_FOUND: 'There is no {{what}} called "{{id}}".',
    BUSY: 'Not while this is running: {{what}}',
    CANCELLED: 'Stopped on request. What was finished is kept; starting again continues from there.',
    INTERNAL: 'A fault of this app: {{detail}}. The log folder has the details.',
    FILE_DAMAGED: 'The file {{file}} could not be read. It was set aside as {{setAside}} and nothing was deleted.',
    ROOT_UNUSABLE: 'The folder {{path}} cannot hold the data: {{detail}}',
    ROOT_FIXED: 'The data folder {{path}} was given on the command line (--root); change it there.',
    DISK_FULL:
      'Not enough space at {{path}}: {{neededBytes, bytes}} needed, {{freeBytes, bytes}} free. Free some space or choose another data folder.',
    PYTHON_MISSING:
      'Python {{wanted}} is needed and was not found (found: {{found}}). Install it with your system, then start again.',
    ENVIRONMENT_UNAVAILABLE: 'No Python environment could be created: {{detail}}',
    NETWORK_UNREACHABLE:
      '{{address}} could not be reached ({{detail}}). Behind a proxy, set it with "launchpad settings network.proxy http://host:port"; on a slow network, set a mirror with network.packageIndex or network.torchIndex (Settings, Network). Everything fetched so far is kept.',
    PACKAGES_UNRESOLVED: 'The package index does not offer what the recipe pins: {{detail}}',
    DIGEST_MISMATCH:
      '{{file}} arrived damaged twice: its digest is not the one the index promises. Try another mirror.',
    INSTALL_FAILED: 'Installing the packages failed: {{detail}}',
    PROBE_FAILED: 'The environment was built, but these do not load: {{modules}}',
    SCRIPT_FAILED: '{{script}} ended with {{exit}}: {{detail}}',
    DATA_UNREADABLE: '{{file}} could not be read: {{detail}}',
    DATA_BAD_LINE: '{{file}}, line {{line}}: {{detail}}',
    DATA_EMPTY: '{{file}} holds no rows.',
    PREFLIGHT_FAILED: 'The check before training found what would go wrong: {{checks}}',
    RUN_NOT_STARTED: 'The training could not be started: {{detail}}',
    TRAINING_FAILED: 'The training ended with {{exit}}. Its log is in the run {{run}}.',
  } satisfies Record<ErrorCode, string>,
  steps: {
    machine: 'Measure the machine',
    'environment.create': 'Create the Python environment',
    'environment.resolve': 'Ask the index for the pinned packages',
    'environment.fetch': 'Download the packages',
    'environment.install': 'Install the packages',
    'environment.probe': 'Load every package once',
    'environment.manifest': 'Seal the environment',
    data: 'Prepare the maths problems',
    model: 'Make a tiny model',
    preflight: 'Check everything before training',
    train: 'Train',
    report: 'Report',
  } satisfies Record<StepId, string>,
  stepStatus: {
    waiting: 'waiting',
    running: 'running',
    done: 'done',
    kept: 'kept',
    failed: 'failed',
    cancelled: 'stopped',
  } satisfies Record<StepView['status'], string>,
  runStatus: {
    starting: 'starting',
    running: 'running',
    stopping: 'stopping',
    finished: 'finished',
    failed: 'failed',
    stopped: 'stopped',
    lost: 'ended while away',
  } satisfies Record<RunView['status'], string>,
  terminal: {
    livePage: 'Live page: {{address}}',
    done: 'Practice is done: {{steps}} training steps, {{duration}} in all.',
    machine: 'machine      {{threads}} threads, {{memory, bytes}} memory, {{gpu}}, {{free, bytes}} free',
    noGpu: 'no NVIDIA GPU',
    unknownGpu: 'GPU unknown',
    environment: 'environment  Python {{python}}, {{count}} packages, by {{engine}}',
    model: 'model        {{millions}} M parameters, {{path}}',
    data: 'data         {{train}} problems to train on, {{test}} to test, {{path}}',
    runFolder: 'run folder   {{path}}',
    reward: 'reward  {{curve}}  {{first}} -> {{last}} (mean of the first and the last third)',
    length: 'length  {{curve}}  {{first}} -> {{last}}',
    next: 'Next: open the page to see the charts and the log (npm start),\nor practise on the real GSM8K: npm run practice -- --data FOLDER (train.jsonl and test.jsonl).',
    stillHere: 'The page is still here: {{address}}',
    notBuilt: 'The page is not built here: run "npm run build" first.',
    tunnel:
      'From another computer: ssh -L {{port}}:127.0.0.1:{{port}} <this machine>, then open the same address there.',
  },
  units: { bytes: 'bytes', rows: 'rows', steps: 'steps', items: 'packages' },
}

/** The shape of a locale: the same keys, any text. */
export type Words = { [Section in keyof typeof en]: Record<keyof (typeof en)[Section], string> }
