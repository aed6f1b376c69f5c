import { expect, it } from 'vitest'
import { resolve } from 'node:path'
import { diagnose } from '../../../../main/core/diagnose/diagnose'
import { tellingLines } from '../../../../main/core/diagnose/kernel-log'
import { textSource } from '../../../../main/core/diagnose/log-source'
import { nothingOwned } from '../../../../main/core/diagnose/rank'
import { loadKnowledge } from '../../../../main/core/diagnose/signatures'

const dmesg = `2026-11-23T10:00:00,000001+00:00 NVRM: Xid (PCI:0000:03:00): 79, pid=1, GPU has fallen off the bus.
2026-11-23T12:00:00,000001+00:00 usb 1-1: new device
2026-11-23T12:00:01,500000+00:00 NVRM: Xid (PCI:0000:03:00): 79, pid=4711, GPU has fallen off the bus.
`
const at = (time: string) => Date.parse(`2026-11-23T${time}Z`)

it('what the kernel said of the card while it trained is the cause, and not what it said before', async () => {
  const kernel = tellingLines(dmesg, at('11:59:00'), at('12:01:00'))
  expect(kernel).toBe('kernel: NVRM: Xid (PCI:0000:03:00): 79, pid=4711, GPU has fallen off the bus.\n')
  const log =
    'ray init kwargs: {}\nTraceback (most recent call last):\n  File "x.py", line 1, in f\nRuntimeError: CUDA error: unspecified launch failure\n'
  const knowledge = await loadKnowledge(resolve('resources'))
  const owned = { ...nothingOwned, exit: { code: 1, signal: null } }
  const { root } = await diagnose(textSource(log), knowledge, owned, kernel)
  expect(root).toMatchObject({ signature: 'gpu-hardware-fault', params: { card: '0000:03:00', xid: '79' } })
  expect((await diagnose(textSource(log), knowledge, owned)).root?.signature).toBeNull()
  expect(tellingLines(dmesg, at('12:00:02'), at('12:01:00'))).toBe('')
  expect(tellingLines('dmesg: read kernel buffer failed: Operation not permitted', 0, Date.now())).toBe('')
})
