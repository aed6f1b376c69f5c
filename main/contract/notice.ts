import * as z from 'zod'
import { Params } from './errors'

/** What is worth telling somebody who is not looking. */
export const noticeKinds = ['firstStep', 'validation', 'best', 'stall', 'crash', 'diskLow', 'finished'] as const
export const NoticeKind = z.enum(noticeKinds)
export type NoticeKind = z.infer<typeof NoticeKind>

export const Notice = z.object({
  id: z.string(),
  at: z.number(),
  kind: NoticeKind,
  run: z.string(),
  /** Fill the sentence `notice.<kind>`. */
  params: Params,
  /** Of a crash, in a line for each language; null: not known. */
  cause: z.object({ en: z.string(), 'zh-CN': z.string() }).nullable().default(null),
  /** In the quiet hours, or of a kind that is not wanted: listed, not announced. */
  quiet: z.boolean(),
})
export type Notice = z.infer<typeof Notice>

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/)

export const notify = {
  /** Announced on the desktop and to the webhook. */
  kinds: z.array(NoticeKind),
  /** Local times; nothing is announced between them. null: at any hour. */
  quiet: z.object({ from: clock, to: clock }).nullable(),
}
