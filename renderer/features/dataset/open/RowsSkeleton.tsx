import { Skeleton } from '@mantine/core'
import css from './open.module.css'

/** The outline of the rows while the files are looked at. */
export const RowsSkeleton = () => (
  <div className={css.skeleton} role="status" aria-busy="true">
    <Skeleton height={34} width="58%" radius="md" />
    <Skeleton height={38} radius="md" />
    <Skeleton height={380} radius="md" />
  </div>
)
