import * as z from 'zod'

/**
 * Every failure the core can report. A code carries parameters, never a sentence: sentences live in
 * `locales/`, so that the page, the terminal and a report can say the same thing in either language.
 */
export const errorCodes = [
  'BAD_INPUT', // detail
  'NOT_FOUND', // what, id
  'BUSY', // what
  'CANCELLED',
  'INTERNAL', // detail
  'FILE_DAMAGED', // file, setAside
  'ROOT_UNUSABLE', // path, detail
  'ROOT_FIXED', // path
  'DISK_FULL', // path, neededBytes, freeBytes
  'PYTHON_MISSING', // wanted, found
  'ENVIRONMENT_UNAVAILABLE', // detail
  'NETWORK_UNREACHABLE', // address, detail
  'TLS_INTERCEPTED', // address, issuer
  'PROXY_REFUSED', // proxy, detail
  'ADDRESS_WITH_PASSWORD', // address
  'CA_FILE_BAD', // file, detail
  'FILE_NOT_OFFERED', // file, address, status
  'PACKAGES_UNRESOLVED', // detail
  'DIGEST_MISMATCH', // file
  'INSTALL_FAILED', // detail
  'PATCH_FAILED', // detail
  'PROBE_FAILED', // modules
  'NOT_AN_ENVIRONMENT', // path, detail
  'NOT_OURS', // path
  'SCRIPT_FAILED', // script, exit, detail
  'DATA_UNREADABLE', // file, detail
  'DATA_BAD_LINE', // file, line, detail
  'DATA_EMPTY', // file
  'DATA_NOT_FOUND', // path
  'DATA_FORMAT_UNKNOWN', // file
  'DATA_NOTHING_TO_READ', // path: no file of a known format in it
  'DATA_DAMAGED', // file, detail
  'DATA_CHANGED', // file: since it was opened
  'DATA_FORMATS_MIXED', // path, formats
  'DATA_CHOICE_UNKNOWN', // choice (a config or split), choices
  'DATA_COLUMNS_DOUBLE', // file, columns
  'DATA_NOT_UTF8', // file, line
  'DATA_COLUMN_MISSING', // column, columns
  'DATA_PATTERN_BAD', // pattern, detail
  'DATA_ROWS_FAIL', // count, code, row: of rows that the recipe does not let drop
  'DATA_NOT_AS_WRITTEN', // file, detail
  'DATA_NOT_PROVED', // detail: verl's own reader refuses it
  'DATA_WORKER_DIED', // detail
  'RECIPE_UNREADABLE', // detail
  'TOKENIZER_MISSING', // model
  'TOKENIZER_BAD', // model, detail
  'REWARD_UNKNOWN', // dataSource
  'REWARD_NEEDS_ENVIRONMENT', // rule
  'REWARD_FUNCTION_BAD', // file, name, detail
  'PREFLIGHT_FAILED', // checks
  'LOG_NOT_TEXT', // file
  'RUN_NOT_STARTED', // detail
  'RUN_NO_CHECKPOINTS', // run: it does not save any
  'RUN_NEEDS_DATA', // plan without data that verl reads
  'RUN_NEEDS_MODEL', // model: known by its id, not here
  'RUN_NEEDS_ENVIRONMENT', // recipe
  'PLAN_NOT_RUNNABLE', // detail
  'CHECKPOINT_BROKEN', // path, detail
  'MERGE_FAILED', // detail
  'FOLDER_NOT_EMPTY', // path
  'CLUSTER_UNREACHABLE', // address, detail
  'CLUSTER_REFUSED', // address
  'CLUSTER_NOT_RAY', // address, detail
  'CLUSTER_SHARED', // path, detail
  'CLUSTER_NEEDS_VERL', // a plan for TRL
  'WEBHOOK_NONE',
  'WEBHOOK_FAILED', // host, detail
  'TENSORBOARD_MISSING', // environment
  'TRAINING_FAILED', // exit, run
  'HARDWARE_UNREADABLE', // detail
  'MODEL_UNKNOWN', // model
  'MODEL_NO_CONFIG', // folder
  'MODEL_CONFIG_BAD', // file, detail
  'MODEL_ARCHITECTURE', // folder, architecture
  'MODEL_REMOTE_CODE', // folder, file
  'MODEL_QUANTISED', // folder, method
  'MODEL_NOT_TEXT', // folder, architecture
  'MODEL_NO_MEMORY', // model, neededBytes, freeBytes
  'MODEL_NO_WEIGHTS', // folder
  'MODEL_PICKLE_ONLY', // folder, file
  'MODEL_INDEX_WRONG', // file, detail
  'MODEL_WEIGHTS_BAD', // file, detail
  'PLAN_UNREADABLE', // detail
  'HUB_ID_BAD', // text, detail: a key of `idProblem` in the locales
  'HUB_WRONG_KIND', // id, kind (what it is)
  'HUB_NOT_FOUND', // id, endpoint
  'HUB_REVISION_MISSING', // id, revision
  'HUB_FILE_MISSING', // id, file
  'HUB_GATED', // id, page
  'HUB_GATED_PENDING', // id, page: there is a token, access was not granted (yet)
  'HUB_TOKEN_BAD', // endpoint
  'HUB_FORBIDDEN', // id, endpoint, detail
  'HUB_DISABLED', // id
  'HUB_BLOCKED', // endpoint, file: a mirror's word filter
  'HUB_RATE_LIMITED', // endpoint, seconds
  'HUB_NOT_A_HUB', // endpoint, detail
  'HUB_NOTHING_TO_GET', // id
  'FILE_SIZE_WRONG', // file, promisedBytes, gotBytes
  'FILE_NAME_UNSAFE', // file
  'FILE_NAME_IMPOSSIBLE', // file, detail: a key of `nameProblem`
  'FILE_TOO_SLOW', // file, host
  'FOLDER_IN_USE', // folder, pid
  'TOKEN_FIXED', // service
  'TOKEN_NOT_KEPT', // detail
  'PREVIEW_IMPOSSIBLE', // file, detail
  'SHELL_NOT_ALLOWED',
  'SHELL_NOT_STARTED', // detail
  'COMMAND_NOT_ALLOWED',
  'PATH_NOT_ALLOWED', // path
  'SERVE_NEEDS_TLS', // host
  'TLS_FILES_BAD', // file, detail
  'SSH_HOST_BAD', // host
  'SSH_MISSING',
  'SSH_FAILED', // host, detail: what ssh said
  'SSH_NO_LAUNCHPAD', // host, program
  'SERVER_ADDRESS_BAD', // address
  'SERVER_UNREACHABLE', // address, detail
  'SERVER_REFUSED', // address
] as const

export const ErrorCode = z.enum(errorCodes)
export type ErrorCode = z.infer<typeof ErrorCode>

export const Params = z.record(z.string(), z.union([z.string(), z.number()]))
export type Params = z.infer<typeof Params>

export const AppErrorData = z.object({ code: ErrorCode, params: Params })
export type AppErrorData = z.infer<typeof AppErrorData>

/** What a check saw; `code` is open because scripts inside an environment report their own. */
export const Finding = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  params: Params,
})
export type Finding = z.infer<typeof Finding>
