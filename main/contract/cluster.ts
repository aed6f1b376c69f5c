import * as z from 'zod'

/** What a Ray cluster says it has. */
export const ClusterView = z.object({
  address: z.string(),
  ray: z.string(),
  /** The Python that Ray runs with there, which a job uses too; null: it was not told. */
  python: z.string().nullable(),
  nodes: z.array(
    z.object({ name: z.string(), head: z.boolean(), cpus: z.number(), gpus: z.number(), memoryBytes: z.number() }),
  ),
})
export type ClusterView = z.infer<typeof ClusterView>
