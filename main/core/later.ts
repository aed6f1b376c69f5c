import { AppError } from './errors'

/** Stands where a part of the room is still being built. */
export const later = (): never => {
  throw new AppError('INTERNAL', { detail: 'not built yet' })
}
