import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import type { Language, Signature } from '../../../../main/contract'
import { loadKnowledge } from '../../../../main/core/diagnose/signatures'
import { diagnosis as en } from '../../../../renderer/i18n/diagnosis'
import { diagnosis as zhCN } from '../../../../renderer/i18n/diagnosis.zh-CN'

const { signatures } = await loadKnowledge(resolve('resources'))
const words = { en, 'zh-CN': zhCN }
const heads = {
  en: {
    title: 'Troubleshooting',
    lead: 'What trainings die of, by what it is about. Made of the signatures (`resources/diagnosis`); the app finds the right one by itself: `launchpad diagnose FILE`.',
    fix: 'What to do',
  },
  'zh-CN': {
    title: '故障排查',
    lead: '训练崩溃的原因，按类别列出。由特征数据（`resources/diagnosis`）生成；应用会自行找到对应的一条：`launchpad diagnose FILE`。',
    fix: '怎么办',
  },
}

/** What a log would fill in is not known here. */
const plain = (text: string) => text.replaceAll(/\{\{\w+\}\}/g, '…').replaceAll('<', '\\<')

function page(language: Language): string {
  const { title, lead, fix } = heads[language]
  const categories = [...new Set(signatures.map(({ category }) => category))]
  const entry = ({ text }: Pick<Signature, 'text'>) => {
    const said = text[language]
    return `### ${plain(said.title)}\n\n${plain(said.cause)}\n\n${fix}: ${plain(said.fix)}\n`
  }
  const part = (category: string) => [
    `## ${words[language].manual.categories[category as keyof typeof en.manual.categories]}\n`,
    ...signatures.filter((one) => one.category === category && one.kind === 'fatal').map(entry),
  ]
  return [`# ${title}\n`, `${lead}\n`, ...categories.flatMap(part)].join('\n')
}

// Written anew by `npx vitest run -c test/vitest.config.ts test/unit/core/diagnose/troubleshooting.test.ts -u`.
it.each(['en', 'zh-CN'] as const)('the manual in the docs is that of the signatures (%s)', async (language) => {
  const name = language === 'en' ? 'troubleshooting.md' : `troubleshooting.${language}.md`
  await expect(page(language)).toMatchFileSnapshot(resolve('docs', name))
})
