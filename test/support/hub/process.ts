import { startHub, type HubOptions, type HubServer } from '../hub-server'

/** Run by `startHubProcess`: first message the options, each later one a call of the server's. */
export type HubCall =
  | { do: 'start'; options: HubOptions }
  | { do: 'fault'; fault: Parameters<HubServer['fault']>[0] }
  | { do: 'clearFaults' }
  | { do: 'shape'; shape: Parameters<HubServer['shape']>[0] }
  | { do: 'requests' }
  | { do: 'sent'; file?: string }
  | { do: 'forget' }

let server: HubServer | undefined

async function answer(call: HubCall): Promise<unknown> {
  if (call.do === 'start') {
    server = await startHub(call.options)
    return { endpoint: server.endpoint, cdn: server.cdn }
  }
  if (server === undefined) throw new Error('not started')
  if (call.do === 'fault') return void server.fault(call.fault)
  if (call.do === 'clearFaults') return server.clearFaults()
  if (call.do === 'shape') return server.shape(call.shape)
  if (call.do === 'requests') return server.requests
  if (call.do === 'sent') return server.sent(call.file)
  return void server.requests.splice(0)
}

process.on('message', ({ id, call }: { id: number; call: HubCall }) => {
  void answer(call).then(
    (value) => process.send?.({ id, value }),
    (thrown: unknown) => process.send?.({ id, error: String(thrown) }),
  )
})
process.on('disconnect', () => process.exit(0))
