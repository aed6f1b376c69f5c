import { randomOf } from './content'

/** What goes wrong. Bytes are counted within one answer's body, `at` within the file. */
export type FaultAction =
  /** The connection is cut after so many bytes of the body; "anywhere": at a random one. */
  | { do: 'cut'; after: number | 'anywhere' }
  | { do: 'flip'; at: number }
  /** Nothing more comes, and the connection stays open. */
  | { do: 'stall'; after: number }
  | { do: 'trickle'; after: number; bytesPerSecond: number }
  | { do: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** 429. `header`: which one says when; default RateLimit. */
  | { do: 'rateLimit'; seconds: number; header?: 'RateLimit' | 'Retry-After' | 'none' }
  /** 503 while more than so many bodies are under way. */
  | { do: 'busy'; connections: number }
  /** 200 and the whole file to a Range request. */
  | { do: 'ignoreRange' }
  | { do: 'noContentRange' }
  /** Content-Range, and the bytes, begin elsewhere than asked. */
  | { do: 'wrongContentRange'; by: number }
  /** The signed address is refused (403), as if its time were over. */
  | { do: 'expired' }
  | { do: 'html' }
  /** Chunked, and after the last byte of the file zeros for ever. */
  | { do: 'endless' }
  /** The tree and X-Linked-Size say so many bytes more (or fewer). */
  | { do: 'lieSize'; by: number }
  /** 308 to the same path at another hub. */
  | { do: 'moved'; to: string }
  /** HEAD: no lengths, no tags, no redirection. */
  | { do: 'headBroken' }
  /** 403 with nothing that says why: a mirror's filter of words. */
  | { do: 'blocked' }

/** Which requests: the API, the address of a file (before its redirection), the bytes; default: where it belongs. */
export type FaultPlace = 'api' | 'resolve' | 'body' | 'any'

export type Fault = FaultAction & {
  /** Of these files only: the path in the repository. */
  file?: string | RegExp
  place?: FaultPlace
  /** How often; default for ever. */
  times?: number
  /** Lets so many that match pass first. */
  skip?: number
  /** Of each request that matches; default 1. */
  probability?: number
}

const usualPlace: Partial<Record<FaultAction['do'], FaultPlace>> = {
  moved: 'any',
  lieSize: 'any',
  headBroken: 'resolve',
  blocked: 'resolve',
}

export function createFaults(seed: number) {
  const random = randomOf(seed)
  const rules: { fault: Fault; left: number; skip: number }[] = []
  return {
    random,
    /** Returns what takes it back. */
    add(fault: Fault): () => void {
      const rule = { fault, left: fault.times ?? Infinity, skip: fault.skip ?? 0 }
      rules.push(rule)
      return () => void (rules.includes(rule) && rules.splice(rules.indexOf(rule), 1))
    },
    clear: () => void rules.splice(0),
    /** What goes wrong with this request. `happens`: whether the fault can show in it at all; else it is saved up. */
    of(
      place: Exclude<FaultPlace, 'any'>,
      file: string | null,
      happens: (action: FaultAction) => boolean,
    ): FaultAction[] {
      const found: FaultAction[] = []
      for (const rule of rules) {
        const { fault } = rule
        const where = fault.place ?? usualPlace[fault.do] ?? 'body'
        if (rule.left <= 0 || (where !== 'any' && where !== place)) continue
        if (fault.file !== undefined && (file === null || !matches(fault.file, file))) continue
        if (!happens(fault)) continue
        if (rule.skip-- > 0) continue
        if (random() >= (fault.probability ?? 1)) continue
        rule.left -= 1
        found.push(fault)
      }
      return found
    },
  }
}
export type Faults = ReturnType<typeof createFaults>

const matches = (wanted: string | RegExp, file: string) =>
  typeof wanted === 'string' ? wanted === file : wanted.test(file)

/** The first action of a kind. */
export function actionOf<K extends FaultAction['do']>(
  actions: FaultAction[],
  kind: K,
): Extract<FaultAction, { do: K }> | undefined {
  return actions.find((action): action is Extract<FaultAction, { do: K }> => action.do === kind)
}
