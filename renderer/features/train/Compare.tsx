/** Several runs beside each other. */
export function Compare({ ids }: { ids: string[] }) {
  return <p>{ids.join(', ')}</p>
}
