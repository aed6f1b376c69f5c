import { Start } from './start/Start'
import { DropTarget } from './start/DropTarget'
import { keyOf } from './refs'
import { parseDataRoute } from './route'
import { Workbench } from './open/Workbench'

/** Nothing open: what can be opened. Else the workbench; another dataset, split or choice makes it anew. */
export default function DataPage({ id }: { id: string | null }) {
  const route = parseDataRoute(id)
  return (
    <DropTarget place={id ?? ''}>
      {route === null ? <Start /> : <Workbench key={keyOf(route.data)} data={route.data} tab={route.tab} />}
    </DropTarget>
  )
}
