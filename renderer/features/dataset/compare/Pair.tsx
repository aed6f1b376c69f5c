import { Button } from '@mantine/core'
import type { AppErrorData, DataRef, OpenedData } from '#contract'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toAppError } from '../../../api/errors'
import { client } from '../../../api/session'
import { useWatched } from '../../../stores/watched'
import { ErrorNotice } from '../../../ui/Notice'
import { keyOf } from '../refs'
import { createLink } from '../rows/link'
import type { Target } from '../target'
import { ColumnChooser } from './ColumnChooser'
import { Found } from './Found'
import { Side } from './Side'
import css from './compare.module.css'

interface PairProps {
  a: DataRef
  b: DataRef
  openedA: OpenedData
}

/** Two datasets: what differs, which rows are in both, and the rows of both, scrolling together. */
export function Pair({ a, b, openedA }: PairProps) {
  const { t } = useTranslation()
  const [round, setRound] = useState(0)
  const { opened: openedB, error } = useOther(b, round)
  const [column, setColumn] = useState<string | null>(null)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [targets, setTargets] = useState<{ a: Target | null; b: Target | null }>({ a: null, b: null })
  const [linked, setLinked] = useState(true)
  const link = useMemo(() => (linked ? createLink() : null), [linked])
  const ready = openedB !== null
  const comparing = useWatched(ready ? JSON.stringify([keyOf(a), keyOf(b), column, round]) : null, (core, signal) =>
    core.dataset.compare({ a, b, column }, { signal }),
  )
  // Rows that are alike seldom have the same place: to show two of them the grids have to part.
  const showPair = (rowA: number, rowB: number) => {
    setLinked(false)
    setTargets({ a: { row: rowA }, b: { row: rowB } })
  }
  const again = (
    <Button size="xs" onClick={() => setRound(round + 1)}>
      {t('data.look.problem.retry')}
    </Button>
  )
  if (error !== null) return <ErrorNotice error={error} actions={again} />
  if (openedB === null) return null
  const rows = comparing.value?.rows
  const names = [...new Set([...openedA.columns, ...openedB.columns].map(({ name }) => name))]
  return (
    <>
      <ErrorNotice error={comparing.error} actions={again} />
      <Found
        comparing={comparing}
        openedA={openedA}
        openedB={openedB}
        column={column}
        onColumn={setColumn}
        onPair={showPair}
      />
      <ColumnChooser names={names} hidden={hidden} onHidden={setHidden} linked={linked} onLinked={setLinked} />
      <div className={css.sides}>
        <Side data={a} opened={openedA} rows={rows?.a} hidden={hidden} link={link} target={targets.a} />
        <Side data={b} opened={openedB} rows={rows?.b} hidden={hidden} link={link} target={targets.b} />
      </div>
    </>
  )
}

function useOther(data: DataRef, round: number): { opened: OpenedData | null; error: AppErrorData | null } {
  const [held, setHeld] = useState<{ opened: OpenedData | null; error: AppErrorData | null }>({
    opened: null,
    error: null,
  })
  useEffect(() => {
    const leaving = new AbortController()
    client()
      .dataset.open(data, { signal: leaving.signal })
      .then((opened) => !leaving.signal.aborted && setHeld({ opened, error: null }))
      .catch((thrown: unknown) => !leaving.signal.aborted && setHeld({ opened: null, error: toAppError(thrown) }))
    return () => leaving.abort()
  }, [data, round])
  return held
}
