import type { MachineReport as Report } from '#contract'
import { Findings } from '../../ui/Findings'
import { Gpus } from './Gpus'
import { Disk, Memory, Processor, System } from './Host'
import { Mirrors } from './Mirrors'
import { Engines, Pythons } from './Tools'
import css from './machine.module.css'

/** What stands in the way first, then the card, then everything else. */
export function MachineReport({ machine }: { machine: Report }) {
  return (
    <div className={css.report}>
      {machine.findings.length > 0 && (
        <div className={css.findings}>
          <Findings findings={machine.findings} />
        </div>
      )}
      <Gpus gpus={machine.gpus} otherGpus={machine.otherGpus} />
      <div className={css.grid}>
        <Processor machine={machine} />
        <Memory machine={machine} />
        <Disk machine={machine} />
        <System machine={machine} />
      </div>
      <div className={css.pair}>
        <Pythons machine={machine} />
        <Engines machine={machine} />
      </div>
      {machine.mirrors.length > 0 && <Mirrors mirrors={machine.mirrors} />}
    </div>
  )
}
