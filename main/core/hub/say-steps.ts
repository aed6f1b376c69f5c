import type { EnvironmentView } from '#contract'
import { AppError } from '../errors'
import type { Step } from '../jobs/step'
import { bytecodeCache } from '../proc/environment'
import type { RootLayout } from '../state/root'
import { saySomething } from './facts/say'
import type { Library } from './library'
import type { SayAsk } from './work'

export interface SayDeps {
  layout: RootLayout
  resources: string
  library: Library
  environments: () => Record<string, EnvironmentView>
}

/** Loads a model of the library in an environment and keeps what it answered. */
export function saySteps(deps: SayDeps, { key, environment, prompt }: SayAsk): Step[] {
  return [
    {
      id: 'library.say',
      subject: key,
      // Asked again means said again.
      inputs: () => Promise.resolve({ key, environment, prompt, at: Date.now() }),
      verify: () => Promise.resolve(true),
      async run(context) {
        const found = deps.environments()[environment]
        if (found?.status !== 'ready') throw new AppError('NOT_FOUND', { what: 'environment', id: environment })
        const said = await saySomething({
          folder: deps.library.item(key).folder,
          prompt,
          environment,
          python: found.program,
          resources: deps.resources,
          variables: bytecodeCache(deps.layout),
          signal: context.signal,
          onLine: context.log,
          onStart: context.onStart,
          onFinding: context.finding,
          onProgress: context.progress,
        })
        await deps.library.note(key, { said })
      },
    },
  ]
}
