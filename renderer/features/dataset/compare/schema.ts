import type { DataColumn } from '#contract'

/** How the columns of two datasets differ, by what their files say. */
export function schemaOf(a: readonly DataColumn[], b: readonly DataColumn[]) {
  const typesB = new Map(b.map(({ name, type }) => [name, type]))
  const namesA = new Set(a.map(({ name }) => name))
  return {
    onlyA: a.filter(({ name }) => !typesB.has(name)).map(({ name }) => name),
    onlyB: b.filter(({ name }) => !namesA.has(name)).map(({ name }) => name),
    differ: a.flatMap(({ name, type }) => {
      const other = typesB.get(name)
      return other === undefined || other === type ? [] : [{ name, a: type, b: other }]
    }),
  }
}
