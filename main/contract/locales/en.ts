import type { ComponentHealth, ComponentId, EnvironmentView } from '../environment'
import type { ErrorCode } from '../errors'
import type { LibraryItem, RepoFile, RepoKind, TokenView } from '../hub'
import type { StepId, StepView } from '../job'
import type { MirrorKind } from '../network'
import type { MemoryPart, MemoryPhase, Nearest } from '../plan'
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
      '{{address}} could not be reached ({{detail}}). Behind a proxy, set it with "launchpad settings network.proxy http://host:port"; on a slow network, set a mirror with network.packageIndex, network.torchIndex or network.hubEndpoint (Settings, Network). Everything fetched so far is kept.',
    TLS_INTERCEPTED:
      'The connection to {{address}} is not its own: it shows a certificate of "{{issuer}}", which this machine does not trust. A company\'s proxy or a virus scanner reads along. Ask for its CA file and set it: "launchpad settings network.caFile FILE" (Settings, Network).',
    PROXY_REFUSED:
      'The proxy {{proxy}} does not let us through: {{detail}}. Give it with its user name and password, or ask who runs it.',
    ADDRESS_WITH_PASSWORD:
      'The address of {{address}} holds a user name or password, and settings are kept in a plain file. Leave it empty here and set it in the environment that starts the app (HTTPS_PROXY for a proxy, PIP_INDEX_URL for a package index): it is used then.',
    CA_FILE_BAD: '{{file}} is not a certificate in PEM form: {{detail}}',
    FILE_NOT_OFFERED:
      '{{address}} does not have {{file}} (HTTP {{status}}). A mirror may not be complete: choose another one (Settings, Network).',
    PACKAGES_UNRESOLVED: 'The package index does not offer what the recipe pins: {{detail}}',
    DIGEST_MISMATCH:
      '{{file}} arrived damaged twice: its digest is not the one the index promises. Try another mirror.',
    INSTALL_FAILED: 'Installing the packages failed: {{detail}}',
    PATCH_FAILED: 'The changes the recipe makes to verl could not be laid over it: {{detail}}',
    PROBE_FAILED: 'The environment was built, but these do not load: {{modules}}',
    NOT_AN_ENVIRONMENT: '{{path}} is not a Python environment: {{detail}}',
    NOT_OURS: '{{path}} was not made by this app, so it is not deleted.',
    SCRIPT_FAILED: '{{script}} ended with {{exit}}: {{detail}}',
    DATA_UNREADABLE: '{{file}} could not be read: {{detail}}',
    DATA_BAD_LINE: '{{file}}, line {{line}}: {{detail}}',
    DATA_EMPTY: '{{file}} holds no rows.',
    DATA_NOT_FOUND: 'There is no {{path}}.',
    DATA_FORMAT_UNKNOWN: '{{file}} is none of parquet, Arrow, JSON, JSON lines or CSV (also as .gz or .zst).',
    DATA_NOTHING_TO_READ: 'There is no data file in {{path}}: parquet, Arrow, JSON, JSON lines and CSV are read.',
    DATA_DAMAGED: '{{file}} is damaged or not complete: {{detail}}',
    DATA_CHANGED: '{{file}} has changed since it was opened. Open it again.',
    DATA_FORMATS_MIXED: '{{path}} holds files of different formats ({{formats}}). Open those of one format.',
    DATA_CHOICE_UNKNOWN: '"{{choice}}" is not in this dataset. There is: {{choices}}',
    DATA_COLUMNS_DOUBLE: '{{file}} has columns of the same name: {{columns}}',
    DATA_NOT_UTF8: 'Line {{line}} of {{file}} is not UTF-8 text.',
    DATA_COLUMN_MISSING: 'There is no column "{{column}}". There is: {{columns}}',
    DATA_PATTERN_BAD: '"{{pattern}}" is not a usable pattern: {{detail}}',
    DATA_ROWS_FAIL:
      '{{count}} rows cannot be converted, the first is row {{row}}. Leave them out, or change the mapping.',
    DATA_NOT_AS_WRITTEN: '{{file}} does not hold what was written: {{detail}}',
    DATA_NOT_PROVED: "verl's own reader refuses the dataset: {{detail}}",
    DATA_WORKER_DIED: 'The part of the program that reads data has stopped ({{detail}}). It was started again.',
    RECIPE_UNREADABLE: 'This is not a data recipe: {{detail}}',
    TOKENIZER_MISSING: 'The model {{model}} has no tokenizer.json here. Download it in the library.',
    TOKENIZER_BAD: 'The tokenizer of {{model}} cannot be used: {{detail}}',
    REWARD_UNKNOWN: 'verl has no reward for the data source "{{dataSource}}".',
    REWARD_NEEDS_ENVIRONMENT: 'The reward "{{rule}}" is scored only by verl itself. Choose an environment.',
    REWARD_FUNCTION_BAD: 'The function {{name}} of {{file}} cannot be used: {{detail}}',
    PREFLIGHT_FAILED: 'The check before training found what would go wrong: {{checks}}',
    RUN_NOT_STARTED: 'The training could not be started: {{detail}}',
    TRAINING_FAILED: 'The training ended with {{exit}}. Its log is in the run {{run}}.',
    HARDWARE_UNREADABLE:
      'That is neither a machine report of this app nor the output of "nvidia-smi -q -x": {{detail}}',
    MODEL_UNKNOWN: '"{{model}}" is no folder here and not among the models this app knows. Give its folder.',
    MODEL_NO_CONFIG: '{{folder}} has no config.json: it is not a model, or its download is not complete.',
    MODEL_CONFIG_BAD: '{{file}} cannot be read: {{detail}}',
    MODEL_ARCHITECTURE:
      '{{folder}} is a {{architecture}}. verl trains text models that predict the next token; this is not one this app can size.',
    MODEL_REMOTE_CODE:
      '{{folder}} brings its own Python code ({{file}}), which would run on your machine. Use a model that transformers knows by itself.',
    MODEL_QUANTISED:
      '{{folder}} holds {{method}} weights, which are made for answering only. Get the original of the model, in bfloat16 or float16.',
    MODEL_NOT_TEXT:
      '{{folder}} is a {{architecture}}, which also takes pictures or sound. Training is planned here for text models only.',
    MODEL_NO_MEMORY:
      '{{model}} needs {{neededBytes, memory}} of main memory to be loaded; {{freeBytes, memory}} are free.',
    MODEL_NO_WEIGHTS: '{{folder}} has a config.json but no weights: the download is not complete.',
    MODEL_PICKLE_ONLY:
      '{{folder}} has its weights only as {{file}}, a format that can run code when it is read. Get the safetensors version, or convert it.',
    MODEL_INDEX_WRONG: '{{file}} does not match the files beside it: {{detail}}',
    MODEL_WEIGHTS_BAD: '{{file}} is damaged or cut off: {{detail}}',
    PLAN_UNREADABLE: 'That is not an exported plan: {{detail}}',
    HUB_ID_BAD:
      '"{{text}}" is no name of a repository: $t(idProblem.{{detail}}). It looks like Qwen/Qwen2.5-0.5B-Instruct; the address of its page works too.',
    HUB_WRONG_KIND: '{{id}} is a $t(repoKind.{{kind}}). Look for it there.',
    HUB_NOT_FOUND:
      '{{endpoint}} shows no {{id}}. It may be misspelt, renamed or private; for a private one, set a token (Library, Tokens).',
    HUB_REVISION_MISSING: '{{id}} has no branch, tag or commit "{{revision}}".',
    HUB_FILE_MISSING: '{{id}} has no file {{file}}.',
    HUB_GATED:
      '{{id}} asks for consent first: open {{page}} with your account, accept its terms, make a read token there and set it (Library, Tokens).',
    HUB_GATED_PENDING:
      'Your token is not (yet) allowed to read {{id}}: open {{page}} with the same account and accept its terms; some owners answer by hand. A fine-grained token also needs the right to read gated repositories.',
    HUB_TOKEN_BAD:
      '{{endpoint}} does not accept the token: it is mistyped, expired or revoked. Set a new one (Library, Tokens).',
    HUB_FORBIDDEN: '{{endpoint}} refuses {{id}}: {{detail}}',
    HUB_DISABLED: '{{id}} was taken down by the hub.',
    HUB_BLOCKED:
      '{{endpoint}} does not hand out {{file}}, without saying why. Mirrors filter by words in a path: choose another source.',
    HUB_RATE_LIMITED:
      '{{endpoint}} asks to wait {{seconds}} s: too many requests from this address. With a token the limit is higher. It goes on by itself.',
    HUB_NOT_A_HUB: '{{endpoint}} does not answer like a hub: {{detail}}. Check the address in Settings, Network.',
    HUB_NOTHING_TO_GET: 'Nothing in {{id}} matches what was chosen.',
    FILE_SIZE_WRONG:
      '{{file}} should have {{promisedBytes, bytes}} and came with {{gotBytes, bytes}}: the source contradicts itself. Choose another source.',
    FILE_NAME_UNSAFE:
      'The repository names a file "{{file}}", which would be written outside of its folder. It was refused.',
    FILE_NAME_IMPOSSIBLE:
      'This file system cannot hold a file named "{{file}}": $t(nameProblem.{{detail}}). Leave it out, or choose another data folder.',
    FILE_TOO_SLOW:
      '{{host}} sends {{file}} too slowly or not at all. Everything fetched so far is kept; another source may be quicker.',
    FOLDER_IN_USE: 'Another program (process {{pid}}) is downloading into {{folder}}.',
    TOKEN_FIXED: 'The token of {{service}} was given by the environment that started the app; change it there.',
    TOKEN_NOT_KEPT: 'The token could not be kept: {{detail}}',
    PREVIEW_IMPOSSIBLE: 'The first rows of {{file}} cannot be shown before it is here: $t(preview.{{detail}}).',
    SHELL_NOT_ALLOWED:
      'This page may not open a terminal: the server was started without it. Whoever may run commands on this machine can allow it: "launchpad serve --shell".',
    SHELL_NOT_STARTED: 'The terminal could not be started: {{detail}}',
  } satisfies Record<ErrorCode, string>,
  steps: {
    machine: 'Measure the machine',
    'environment.create': 'Create the Python environment',
    'environment.resolve': 'Ask the index for the pinned packages',
    'environment.fetch': 'Download the packages',
    'environment.install': 'Install the packages',
    'environment.patch': 'Lay our changes over verl',
    'environment.probe': 'Load every package once',
    'environment.manifest': 'Seal the environment',
    'download.plan': 'Ask the hub what there is',
    'download.fetch': 'Download',
    'download.check': 'Check what arrived',
    'library.verify': 'Read every byte again',
    'library.say': 'Load the model and let it answer',
    'dataset.convert': 'Convert the dataset',
    'dataset.compare': 'Read it back and compare',
    'dataset.prove': 'Let verl read every row',
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
  mirrorKind: { packages: 'packages', torch: 'PyTorch', conda: 'conda', hub: 'models' } satisfies Record<
    MirrorKind,
    string
  >,
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
    presets: 'Presets (* in use). "launchpad network use NAME" sets what one offers:',
    latency: '{{ms}} ms',
    notReached: 'not reached',
    tunnel:
      'From another computer: ssh -L {{port}}:127.0.0.1:{{port}} <this machine>, then open the same address there.',
  },
  phase: {
    start: 'start',
    rollout: 'generating',
    logProb: 'log-probabilities',
    update: 'update',
    sync: 'handing over the weights',
  } satisfies Record<MemoryPhase, string>,
  part: {
    context: 'CUDA and programs',
    weights: 'weights',
    reference: 'reference model',
    critic: 'critic',
    gradients: 'gradients',
    optimizer: 'optimizer',
    activations: 'activations',
    logits: 'logits',
    engine: 'vLLM',
    kvCache: 'keys and values',
    bucket: 'transfer bucket',
  } satisfies Record<MemoryPart, string>,
  nearest: {
    model: 'A smaller model: {{model}}',
    driver: 'A newer driver: {{needs}} or later ({{has}} is installed)',
    vram: 'A card with {{bytes, memory}}',
    grpo: 'GRPO instead of PPO: no critic',
    free: 'Free {{bytes, memory}} on {{gpu}}: other programs hold them',
    practice: 'The practice: the whole job with a tiny model, without a card',
  } satisfies Record<Nearest['kind'], string>,
  planTerminal: {
    runs: '{{model}} runs on {{gpu}}: {{algorithm}}, recipe {{recipe}}.',
    doesNotRun: '{{model}} does not run here as asked.',
    memory:
      'memory    {{side}}  {{peak, memory}} at the peak ({{phase}}), {{budget, memory}} usable of {{capacity, memory}}',
    card: 'card',
    host: 'host',
    time: 'time      about {{seconds}} s a step. {{reason}}',
    options: 'Options',
    environment: 'Environment',
    dropped: 'Not taken from the tutorial',
    tutorial: 'tutorial: {{value}}',
    verlDefault: 'verl: {{value}}',
    command: 'Command',
    rejected: 'Recipes that do not fit',
    nearest: 'What would run',
    planned: 'planned: {{value}}',
  },
  environmentTerminal: {
    none: 'No environment yet. "launchpad env recipes" shows what can be made, "launchpad practice" makes the first one.',
    freed: '{{bytes, bytes}} freed.',
    free: '{{free, bytes}} free, {{reserved, bytes}} of it promised to jobs.',
    cleanHow: '"launchpad clean --yes" deletes all but those marked "!"; "launchpad clean NAME" any one of them.',
  },
  hubTerminal: {
    none: 'Nothing here yet. "launchpad hub search NAME" looks for models, with --dataset for datasets.',
    nothing: 'Nothing found.',
    usedBy: 'used by {{names}}',
    gated: 'asks for consent',
    gatedRepo: 'Asks for consent first: {{page}}',
    size: '{{wanted, bytes}} to get of {{total, bytes}} (*), {{present, bytes}} of it here, {{free, bytes}} free',
    context: '{{tokens}} tokens of context',
    template: 'chat template',
    noTemplate: 'no chat template',
    recipes: 'recipes that know it: {{names}}',
    fits: 'Runs on this machine: {{algorithm}}, recipe {{recipe}} (launchpad plan --model).',
    doesNotFit: 'Does not run on this machine as it is:',
    tokenAsk: 'Paste the token and press Enter:',
  },
  libraryState: {
    whole: 'whole',
    partial: 'not complete',
    damaged: 'damaged',
  } satisfies Record<LibraryItem['state'], string>,
  tokenKept: {
    none: 'no token',
    environment: 'a token from the environment',
    keychain: "a token in the system's keychain",
    file: 'a token in a file that only you can read',
  } satisfies Record<TokenView['kept'], string>,
  component: {
    python: 'Python',
    packages: 'packages',
    patches: 'changes to verl',
    imports: 'imports',
    card: 'card',
  } satisfies Record<ComponentId, string>,
  componentState: {
    ok: 'in order',
    warning: 'works, with a remark',
    broken: 'broken',
    unknown: 'not looked at yet',
    none: 'none',
  } satisfies Record<ComponentHealth['state'], string>,
  environmentStatus: {
    ready: 'ready',
    unfinished: 'unfinished',
    broken: 'broken',
    yours: 'yours',
  } satisfies Record<EnvironmentView['status'] | 'yours', string>,
  repoKind: { model: 'model', dataset: 'dataset' } satisfies Record<RepoKind, string>,
  idProblem: {
    empty: 'there is nothing',
    spaces: 'there is a space in it',
    characters: 'only letters, digits, "-", "_" and "." can be in it, and it neither begins nor ends with "-" or "."',
    parts: 'it has one or two parts',
    address: 'the address is not that of a model or a dataset',
    space: 'a Space is a program to look at, nothing to download',
  },
  nameProblem: {
    long: 'a part of it is too long',
    path: 'with its folder it is too long',
    reserved: 'Windows keeps such names for devices',
    ending: 'on Windows no name ends with a dot or a space',
    characters: 'Windows does not allow a character in it',
    twin: 'another file differs from it in upper and lower case alone',
  },
  skipped: {
    pickle: 'the same weights in a format that can run code',
    otherFormat: 'for other programs',
    duplicate: 'the same weights once more',
    extra: 'not needed for training',
    unsafe: 'its name leads outside the folder',
  } satisfies Record<NonNullable<RepoFile['skipped']>, string>,
  units: { bytes: 'bytes', rows: 'rows', steps: 'steps', items: 'packages', files: 'files', tokens: 'tokens' },
}

/** The shape of a locale: the same keys, any text. */
export type Words = { [Section in keyof typeof en]: Record<keyof (typeof en)[Section], string> }
