import type { Started } from '../env/maker'
import { AppError } from '../errors'
import type { Jobs } from '../jobs/jobs'
import type { Step } from '../jobs/step'
import { stampedId } from '../state/id'
import { claimOfRepo, type Downloads } from './downloads'
import type { Library } from './library'

export interface SayAsk {
  key: string
  environment: string
  prompt: string
}

/** The jobs on a repository that is here. Each joins the one of its kind that is under way; else BUSY. */
export interface LibraryWork {
  verify(key: string): Started
  repair(key: string): Promise<Started>
  say(asked: SayAsk): Started
  remove(key: string): Promise<void>
}

export interface WorkDeps {
  jobs: Jobs
  library: Library
  downloads: Downloads
  saySteps: (asked: SayAsk) => Step[]
}

export function createWork({ jobs, library, downloads, saySteps }: WorkDeps): LibraryWork {
  function start(asked: Parameters<Jobs['start']>[0]['asked'] & { key: string }, steps: () => Step[]): Started {
    library.item(asked.key)
    const claim = claimOfRepo(asked.key)
    const running = jobs.running(claim)
    if (running !== null && jobs.asked(running)?.kind === asked.kind) return { job: running, joined: true }
    const id = `${asked.kind}-${stampedId()}`
    jobs.start({ id, asked, claims: [claim], steps })
    return { job: id, joined: false }
  }
  return {
    verify: (key) => start({ kind: 'verify', key }, () => library.verifySteps(key)),
    async repair(key) {
      const { kind, id, source, commit, include, exclude } = await library.manifest(key)
      // The very commit: a repair brings back what was there, not what is new.
      return downloads.get({ source, kind, repo: id, revision: commit, include, exclude })
    },
    say: (asked) => start({ kind: 'say', ...asked }, () => saySteps(asked)),
    async remove(key) {
      const busy = jobs.running(claimOfRepo(key))
      if (busy !== null) throw new AppError('BUSY', { what: busy })
      await library.remove(key)
    },
  }
}
