import * as z from 'zod'

/** What a Ray cluster says it has. */
export const ClusterView = z.object({
  address: z.string(),
  ray: z.string(),
  nodes: z.array(
    z.object({ name: z.string(), head: z.boolean(), cpus: z.number(), gpus: z.number(), memoryBytes: z.number() }),
  ),
})
export type ClusterView = z.infer<typeof ClusterView>
