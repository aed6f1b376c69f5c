import type { DataRef } from '#contract'
import { go } from '../../stores/route'
import { dataRoute, type Tab } from './route'

export const show = (data: DataRef, tab: Tab = 'rows'): void => go('data', dataRoute(data, tab))
