import * as z from 'zod'
import { noticeKinds, notify, type NoticeKind } from './notice'

export const languages = ['en', 'zh-CN'] as const
export const Language = z.enum(languages)
export type Language = z.infer<typeof Language>

export const guideSteps = ['welcome', 'root', 'machine', 'practice', 'done'] as const
export const GuideStep = z.enum(guideSteps)
export type GuideStep = z.infer<typeof GuideStep>

const address = z.url({ protocol: /^https?$/ })
const absolutePath = z.string().regex(/^(\/|[A-Za-z]:[\\/])/)

const network = {
  /** Never with a password: one belongs into HTTPS_PROXY of the environment, which holds when this is null. */
  proxy: address.nullable(),
  packageIndex: address.nullable(),
  torchIndex: address.nullable(),
  /** A certificate (PEM) to trust beside the usual ones: that of a company's proxy. */
  caFile: absolutePath.nullable(),
  /** Takes the place of the Hugging Face hub in every program that reads HF_ENDPOINT. */
  hubEndpoint: address.nullable(),
  /** The folder that holds the channels; "conda-forge" is appended. */
  condaChannels: address.nullable(),
}

const downloads = {
  /** Bytes per second over all downloads; null: as fast as it goes. */
  limit: z.number().int().min(10_000).nullable(),
  /** Connections of one download. */
  connections: z.number().int().min(1).max(32),
  /** Repositories at a time; the others wait. */
  atOnce: z.number().int().min(1).max(8),
}

const allKinds: NoticeKind[] = [...noticeKinds]

export const Settings = z.object({
  version: z.literal(1),
  /** null: follow the system. */
  language: Language.nullable(),
  theme: z.enum(['system', 'light', 'dark']),
  guide: z.object({ step: GuideStep, finished: z.boolean() }),
  /** null: what the recipe or the tools on this machine are already set to. */
  network: z.object({
    ...network,
    // Not in files of earlier versions.
    caFile: network.caFile.default(null),
    hubEndpoint: network.hubEndpoint.default(null),
    condaChannels: network.condaChannels.default(null),
  }),
  downloads: z.object(downloads).default({ limit: null, connections: 8, atOnce: 1 }),
  notify: z.object(notify).default({ kinds: allKinds, quiet: null }),
})
export type Settings = z.infer<typeof Settings>

export const SettingsPatch = z.object({
  language: Settings.shape.language.optional(),
  theme: Settings.shape.theme.optional(),
  guide: Settings.shape.guide.optional(),
  network: z.object(network).partial().optional(),
  downloads: z.object(downloads).partial().optional(),
  notify: z.object(notify).partial().optional(),
})
export type SettingsPatch = z.infer<typeof SettingsPatch>

export const defaultSettings: Settings = {
  version: 1,
  language: null,
  theme: 'system',
  guide: { step: 'welcome', finished: false },
  network: {
    proxy: null,
    packageIndex: null,
    torchIndex: null,
    caFile: null,
    hubEndpoint: null,
    condaChannels: null,
  },
  downloads: { limit: null, connections: 8, atOnce: 1 },
  notify: { kinds: allKinds, quiet: null },
}
