import { look } from './data-look'
import { work } from './data-work'

/** The data page: opening and looking, and making of it what verl reads. */
export const data = { look, work }
