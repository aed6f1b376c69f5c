/** Told where the other one is: pixels from the top of the list, and from the left. */
export type LinkMember = (top: number, left: number) => void

/** Grids that show the same place. */
export interface Link {
  join(member: LinkMember): () => void
  tell(from: LinkMember, top: number, left: number): void
}

export function createLink(): Link {
  const members = new Set<LinkMember>()
  return {
    join(member) {
      members.add(member)
      return () => void members.delete(member)
    },
    tell(from, top, left) {
      for (const member of members) if (member !== from) member(top, left)
    },
  }
}
