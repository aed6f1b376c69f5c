import * as z from 'zod'

export const languages = ['en', 'zh-CN'] as const
export const Language = z.enum(languages)
export type Language = z.infer<typeof Language>

export const guideSteps = ['welcome', 'root', 'machine', 'practice', 'done'] as const
export const GuideStep = z.enum(guideSteps)
export type GuideStep = z.infer<typeof GuideStep>

const address = z.url({ protocol: /^https?$/ })

export const Settings = z.object({
  version: z.literal(1),
  /** null: follow the system. */
  language: Language.nullable(),
  theme: z.enum(['system', 'light', 'dark']),
  guide: z.object({ step: GuideStep, finished: z.boolean() }),
  /** null: what the recipe or the tools on this machine are already set to. */
  network: z.object({
    proxy: address.nullable(),
    packageIndex: address.nullable(),
    torchIndex: address.nullable(),
  }),
})
export type Settings = z.infer<typeof Settings>

export const SettingsPatch = z.object({
  language: Settings.shape.language.optional(),
  theme: Settings.shape.theme.optional(),
  guide: Settings.shape.guide.optional(),
  network: Settings.shape.network.partial().optional(),
})
export type SettingsPatch = z.infer<typeof SettingsPatch>

export const defaultSettings: Settings = {
  version: 1,
  language: null,
  theme: 'system',
  guide: { step: 'welcome', finished: false },
  network: { proxy: null, packageIndex: null, torchIndex: null },
}
