import * as z from 'zod'
import { InstalledPackage, ProbeReport } from '#contract'
import { readJson, writeJson } from '../state/atomic-file'

const Adopted = z.object({
  id: z.string(),
  path: z.string(),
  program: z.string(),
  python: z.string(),
  packages: z.array(InstalledPackage),
  probe: ProbeReport,
  at: z.number(),
})
export type Adopted = z.infer<typeof Adopted>

/** <root>/environments.json: what no environment's own folder can say. */
const BookFile = z.object({
  version: z.literal(1),
  /** Recipe -> the environment that is used for it. */
  current: z.record(z.string(), z.string()),
  /** Environments of the user's: known here, kept where they are. */
  adopted: z.array(Adopted),
})
type BookFile = z.infer<typeof BookFile>

export interface Book {
  read(): BookFile
  choose(recipe: string, id: string | null): Promise<void>
  adopt(entry: Adopted): Promise<void>
  forget(id: string): Promise<void>
}

/** A damaged file is set aside; what it knew can be chosen and adopted again. */
export async function openBook(file: string): Promise<Book> {
  const found = await readJson(file, BookFile)
  let book: BookFile = found.state === 'ok' ? found.value : { version: 1, current: {}, adopted: [] }
  let writing: Promise<unknown> = Promise.resolve()
  const keep = (next: BookFile): Promise<void> => {
    book = next
    const written = writing.catch(() => {}).then(() => writeJson(file, next))
    writing = written
    return written
  }
  return {
    read: () => book,
    choose(recipe, id) {
      const { [recipe]: _before, ...others } = book.current
      return keep({ ...book, current: id === null ? others : { ...others, [recipe]: id } })
    },
    adopt: (entry) => keep({ ...book, adopted: [...book.adopted.filter(({ id }) => id !== entry.id), entry] }),
    forget: (id) => keep({ ...book, adopted: book.adopted.filter((entry) => entry.id !== id) }),
  }
}
