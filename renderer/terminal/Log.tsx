import { Skeleton } from '@mantine/core'
import { lazy, memo, Suspense } from 'react'
import type { LogViewProps } from './LogView'
import css from './terminal.module.css'

const LogView = lazy(() => import('./LogView'))

/** The log of a run or a job. The terminal's code arrives only when one is looked at. */
export const Log = memo(function Log(props: LogViewProps) {
  return (
    <Suspense fallback={<Skeleton className={css.log} data-fill={props.fill} radius={12} />}>
      <LogView key={`${props.kind}/${props.id}`} {...props} />
    </Suspense>
  )
})
