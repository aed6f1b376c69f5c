import { expect, test } from 'vitest'
import { createQueue } from '../../../../main/core/hub/queue'

const never = new AbortController().signal
const turn = () => new Promise((resolve) => setTimeout(resolve, 0))

/** Who is in, in the order they came in. */
function watched(width: () => number) {
  const inside: string[] = []
  const queue = createQueue(width, () => undefined)
  const enter = (id: string, signal = never) =>
    queue.enter(id, signal).then((release) => {
      inside.push(id)
      return release
    })
  return { queue, inside, enter }
}

test('lets in as many as its width, the others in their order', async () => {
  const { queue, inside, enter } = watched(() => 1)
  const first = await enter('a')
  void enter('b')
  void enter('c')
  await turn()
  expect(inside).toEqual(['a'])
  expect([queue.place('a'), queue.place('b'), queue.place('c')]).toEqual([0, 1, 2])
  first()
  // Twice is once.
  first()
  await turn()
  expect(inside).toEqual(['a', 'b'])
})

test('one that is moved to the front comes in next', async () => {
  const { queue, inside, enter } = watched(() => 1)
  const release = await enter('a')
  void enter('b')
  void enter('c')
  queue.first('c')
  release()
  await turn()
  expect(inside).toEqual(['a', 'c'])
})

test('one that gives up leaves its place, and nobody waits behind it', async () => {
  const { queue, inside, enter } = watched(() => 1)
  const release = await enter('a')
  const tired = new AbortController()
  const gone = enter('b', tired.signal)
  void enter('c')
  tired.abort(new Error('enough'))
  await expect(gone).rejects.toThrow('enough')
  expect(queue.place('c')).toBe(1)
  release()
  await turn()
  expect(inside).toEqual(['a', 'c'])
})

test('a wider queue lets more in at once', async () => {
  let width = 1
  const { queue, inside, enter } = watched(() => width)
  await enter('a')
  void enter('b')
  width = 2
  queue.refresh()
  await turn()
  expect(inside).toEqual(['a', 'b'])
})

test('who took a ticket first is first, also when it comes later', async () => {
  const { queue, inside, enter } = watched(() => 1)
  const release = await enter('a')
  queue.ticket('slow')
  queue.ticket('quick')
  void enter('quick')
  void enter('slow')
  expect([queue.place('slow'), queue.place('quick')]).toEqual([1, 2])
  release()
  await turn()
  expect(inside).toEqual(['a', 'slow'])
})
