import { useMemo } from 'react'
import { CompareCharts } from '../../charts/RunCharts'
import { useCore } from '../../stores/projection'

/** Several runs beside each other. Names that are the same are told apart by their ids. */
export function Compare({ ids }: { ids: string[] }) {
  const all = useCore((state) => state.runs)
  const wanted = ids.join()
  const runs = useMemo(() => {
    const found = wanted.split(',').flatMap((id) => all[id] ?? [])
    const twice = (name: string) => found.filter((run) => run.name === name).length > 1
    return found.map(({ id, name }) => ({ id, name: twice(name) ? `${name} (${id})` : name }))
    // Names hardly change, and each new list would draw every chart anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- by the ids alone
  }, [wanted])
  return <CompareCharts runs={runs} />
}
