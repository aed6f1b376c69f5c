import { dataset } from './dataset'
import { diagnosis, diagnosisTerminal } from './diagnosis'
import { en } from './en'
import { environment } from './environment'
import { hub, preview } from './hub'
import { lint } from './lint'
import { doctor, machine } from './machine'
import { notice } from './notice'
import { plan } from './plan'
import { preflight, preflightTerminal } from './preflight'
import { reward } from './reward'
import { rules } from './rules'
import { runs } from './runs'
import { scripts } from './scripts'
import { takeHome } from './take-home'
import { zhCN } from './zh-CN'

export { withCause } from './notice'
export type { Words } from './en'
export type { PreviewReason } from './hub'

/** Words for the core's codes, by language; pages add their own beside these. */
export const words = {
  en: {
    ...en,
    // What stops one thing is a remark about another: a model that arrived damaged.
    finding: {
      ...en.errors,
      ...scripts.en,
      ...machine.en,
      ...plan.en,
      ...environment.en,
      ...hub.en,
      ...dataset.en,
      ...lint.en,
      ...reward.en,
      ...takeHome.en,
      ...runs.en,
      ...preflight.en,
      ...diagnosis.en,
    },
    notice: notice.en,
    noticeTried: notice.tried.en,
    preview: preview.en,
    rule: rules.en,
    doctor: doctor.en,
    preflightTerminal: preflightTerminal.en,
    diagnosisTerminal: diagnosisTerminal.en,
  },
  'zh-CN': {
    ...zhCN,
    finding: {
      ...zhCN.errors,
      ...scripts['zh-CN'],
      ...machine['zh-CN'],
      ...plan['zh-CN'],
      ...environment['zh-CN'],
      ...hub['zh-CN'],
      ...dataset['zh-CN'],
      ...lint['zh-CN'],
      ...reward['zh-CN'],
      ...takeHome['zh-CN'],
      ...runs['zh-CN'],
      ...preflight['zh-CN'],
      ...diagnosis['zh-CN'],
    },
    notice: notice['zh-CN'],
    noticeTried: notice.tried['zh-CN'],
    preview: preview['zh-CN'],
    rule: rules['zh-CN'],
    doctor: doctor['zh-CN'],
    preflightTerminal: preflightTerminal['zh-CN'],
    diagnosisTerminal: diagnosisTerminal['zh-CN'],
  },
}
