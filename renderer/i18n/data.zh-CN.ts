import type { PageWords } from './en'
import { look } from './data-look.zh-CN'
import { work } from './data-work.zh-CN'

export const data: PageWords['data'] = { look, work }
