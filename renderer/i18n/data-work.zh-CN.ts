import type { PageWords } from './en'

export const work: PageWords['data']['work'] = { map: { title: '映射' } }
