/** Opening data and looking at it. */
export const look = {
  title: 'Data',
  lead: 'Open any dataset, see what verl would read, and write what it can.',
  tabs: {
    rows: 'Rows',
    profile: 'Columns',
    compare: 'Side by side',
    map: 'Mapping',
    tokens: 'Tokens',
    lint: 'Check',
    reward: 'Reward',
    write: 'Write',
  },
}
