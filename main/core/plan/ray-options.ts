import { named, type OptionContext, type OptionRow } from './option'

const STORES = 'transfer_queue.backend.SimpleStorage.num_data_storage_units'

/** Ray's CPUs are tickets, not cores: with fewer than is asked of it, the start waits for ever and says nothing. */
export function rayOptions(context: OptionContext): OptionRow[] {
  return [...stores(context), ...tickets(context)]
}

/**
 * verl 0.9's trainer (trainer.use_v1) hands data on through stores that take a ticket each, eight by default; with the
 * main process, its queue and the workers that makes twelve, and on eleven it waits for ever (measured, docs/plan.md).
 */
function stores({ defaults }: OptionContext): OptionRow[] {
  if (defaults['trainer.use_v1'] !== 'True' || !(STORES in defaults)) return []
  return [{ key: STORES, value: '1', rule: 'ray.stores' }]
}

function tickets(context: OptionContext): OptionRow[] {
  const { threads, recipe } = context
  const wanted = 2 * recipe.machine.threads
  if (threads >= wanted) return []
  return [
    {
      key: named(context, 'ray_kwargs.ray_init.num_cpus', 'ray_init.num_cpus'),
      value: String(wanted),
      rule: 'ray.cpus',
      params: { threads, needs: recipe.machine.threads },
    },
  ]
}
