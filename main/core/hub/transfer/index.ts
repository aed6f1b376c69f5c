export { createTransfer, type Transfer, type TransferResult, type TransferRun, type Timing } from './transfer'
export { createLimiter, type Limiter } from './limiter'
export { lockFolder, type FolderLock } from './lock'
export { verifyFile } from './digest'
