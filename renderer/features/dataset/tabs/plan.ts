import type { PlanRequest, TokenAsk } from '#contract'

const PROMPT_LIMIT = 'data.max_prompt_length'

/** What a plan answers for the check. null: it leaves that to its rules. */
export interface FromPlan {
  ask: TokenAsk | null
  batch: number | null
  maxPromptTokens: number | null
  filtersOverlong: boolean
}

function whole(text: string | undefined): number | null {
  const value = Number(text)
  return text !== undefined && Number.isInteger(value) && value > 0 ? value : null
}

export function fromPlan(plan: PlanRequest | null): FromPlan {
  const changes = plan?.changes ?? {}
  const model = plan?.model ?? ''
  return {
    ask: model === '' ? null : { model, thinking: null },
    batch: whole(changes['data.train_batch_size']),
    maxPromptTokens: whole(changes[PROMPT_LIMIT]),
    // verl's own default is off; a plan of ours sets it.
    filtersOverlong: changes['data.filter_overlong_prompts'] !== 'False',
  }
}

export const withPromptLimit = (plan: PlanRequest, limit: number): PlanRequest => ({
  ...plan,
  changes: { ...plan.changes, [PROMPT_LIMIT]: String(limit) },
})
