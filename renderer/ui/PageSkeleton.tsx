import { Skeleton } from '@mantine/core'
import css from './ui.module.css'

/** The outline of a screen while its code arrives. */
export function PageSkeleton() {
  return (
    <div className={css.page} aria-busy="true">
      <Skeleton height={30} width={220} />
      <Skeleton height={16} width="46%" />
      <Skeleton height={160} radius={12} />
      <Skeleton height={240} radius={12} />
    </div>
  )
}
