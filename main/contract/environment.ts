import * as z from 'zod'

export const Engine = z.enum(['conda', 'uv', 'venv'])
export type Engine = z.infer<typeof Engine>

export const EnvironmentView = z.object({
  id: z.string(),
  recipe: z.string(),
  path: z.string(),
  /** "ready": the manifest, written last, is there and matches. Anything else is unfinished. */
  status: z.enum(['ready', 'unfinished']),
  engine: Engine.nullable(),
  python: z.string().nullable(),
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
  createdAt: z.number().nullable(),
})
export type EnvironmentView = z.infer<typeof EnvironmentView>
