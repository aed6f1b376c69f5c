/** What a training was given, read from the words of its command. */
export interface Sources {
  /** Folder of the model that was trained. */
  base: string | null
  /** The first validation file. */
  validation: string | null
  /** A reward function of the user's. */
  reward: { file: string; name: string } | null
  loraAlpha: number | null
}

const named = {
  base: ['actor_rollout_ref.model.path', 'model'],
  validation: ['data.val_files', 'val'],
  // verl 0.9 keeps it below `reward`, and takes the old name, too (verl/trainer/config/legacy_reward_impl.yaml).
  rewardFile: ['custom_reward_function.path', 'reward.custom_reward_function.path'],
  rewardName: ['custom_reward_function.name', 'reward.custom_reward_function.name'],
  loraAlpha: ['actor_rollout_ref.model.lora_alpha'],
} as const

/** verl's overrides (`key=value`, `+key=value`), and the options of our own trainers (`--model DIR`, `--model=DIR`). */
export function sourcesOf(argv: readonly string[]): Sources {
  const given = new Map<string, string>()
  argv.forEach((word, index) => {
    const [, dashes, key, equals, value] = /^(--|\+{0,2})([\w.-]+)(=?)([^]*)$/.exec(word) ?? []
    if (key === undefined || value === undefined) return
    if (equals === '=') given.set(key, unquoted(value))
    else if (dashes === '--' && value === '') given.set(key, argv[index + 1] ?? '')
  })
  const find = (name: keyof typeof named) => {
    const found = named[name].map((key) => given.get(key)).find((value) => value !== undefined && value !== '')
    return found === undefined || found === 'null' ? null : found
  }
  const file = find('rewardFile')
  const alpha = Number(find('loraAlpha') ?? Number.NaN)
  return {
    base: find('base'),
    validation: find('validation'),
    reward: file === null ? null : { file, name: find('rewardName') ?? 'compute_score' },
    loraAlpha: Number.isFinite(alpha) && alpha > 0 ? alpha : null,
  }
}

/** A value of Hydra's grammar as text: the first of a list, without its quotes. */
function unquoted(value: string): string {
  const text = value.trim()
  const quoted = /^\[?\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")/.exec(text)
  if (quoted !== null) return (quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/g, '$1')
  return text.startsWith('[') ? (text.slice(1).split(/[,\]]/)[0]?.trim() ?? '') : text
}
