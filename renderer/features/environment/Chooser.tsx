import { Button, Skeleton } from '@mantine/core'
import { IconChevronRight, IconPlayerPlayFilled } from '@tabler/icons-react'
import type { RecipeView } from '#contract'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n'
import { useAnswer } from '../../stores/answer'
import { useCommand } from '../../stores/command'
import { useCore } from '../../stores/projection'
import { requestId } from '../../stores/request-id'
import { useFindingText } from '../../ui/Findings'
import { ErrorNotice, Notice } from '../../ui/Notice'
import { hrefOf } from '../../stores/route'
import { Badge } from '../../ui/Status'
import { byFit, leadingPackages, nameOf, pinned } from './names'
import { useNameText } from './use-name'
import css from './environment.module.css'

/** The recipes: those that fit this machine to be started, the others with what they miss. */
export function Chooser({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const { value, error } = useAnswer((core) => core.environments.recipes())
  if (error !== null) return <ErrorNotice error={error} />
  if (value === null) return <Skeleton height={180} aria-label={t('environments.new.looking')} />
  const { fitting, rest } = byFit(value)
  return (
    <div className={css.chooser}>
      <p className={css.note}>{t('environments.new.text')}</p>
      {fitting.length === 0 && (
        <Notice
          tone="info"
          title={t('environments.new.noneTitle')}
          actions={
            <Button size="compact-sm" component="a" href={hrefOf('practice')} onClick={onClose}>
              {t('environments.emptyAction')}
            </Button>
          }
        >
          {t('environments.new.noneText')}
        </Notice>
      )}
      <ul className={css.recipes}>
        {fitting.map((recipe, index) => (
          <Recipe key={recipe.id} recipe={recipe} best={index === 0} onStarted={onClose} />
        ))}
      </ul>
      {rest.length > 0 && (
        <details className={css.unfit} open={fitting.length === 0}>
          <summary>
            <IconChevronRight size={15} aria-hidden />
            {t('environments.new.unfit', { count: rest.length })}
          </summary>
          <ul className={css.recipes}>
            {rest.map((recipe) => (
              <Recipe key={recipe.id} recipe={recipe} best={false} onStarted={onClose} />
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function Recipe({ recipe, best, onStarted }: { recipe: RecipeView; best: boolean; onStarted(): void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const findingText = useFindingText()
  const packages = pinned(recipe.packages)
  const name = useNameText()(nameOf(packages, recipe.id))
  return (
    <li className={css.recipe} data-testid={`recipe-${recipe.id}`}>
      <div className={css.recipeText}>
        <div className={css.title}>
          <h3>{name}</h3>
          {best && <Badge tone="live">{t('environments.new.best')}</Badge>}
          <code>{recipe.id}</code>
        </div>
        {recipe.objections.map((finding, index) => (
          <p key={`${finding.code}-${index}`} className={css.objection}>
            {findingText(finding)}
          </p>
        ))}
        <p>
          {t('environments.new.facts', {
            packages: leadingPackages(packages)
              .map((entry) => `${entry.name} ${entry.version}`)
              .join(' · '),
            pythons: recipe.pythons.join(' / '),
            size: format.bytes(recipe.diskBytes),
          })}
        </p>
        <p className={css.tested} data-proof={recipe.proof}>
          <strong>{t(`environments.proof.${recipe.proof}`)}</strong> <span lang="en">{recipe.tested}</span>
        </p>
      </div>
      {recipe.objections.length === 0 && <Start recipe={recipe} name={name} onStarted={onStarted} />}
    </li>
  )
}

function Start({ recipe, name, onStarted }: { recipe: RecipeView; name: string; onStarted(): void }) {
  const { t } = useTranslation()
  const made = useCore((state) => (recipe.environment === null ? undefined : state.environments[recipe.environment]))
  const start = useCommand((core) => core.environments.make({ requestId: requestId(), recipe: recipe.id }))
  if (made?.status === 'ready') return <Badge tone="ok">{t('environments.new.there')}</Badge>
  const word = made === undefined ? t('environments.new.start') : t('practice.resume')
  return (
    <div className={css.start}>
      <Button
        loading={start.busy}
        leftSection={<IconPlayerPlayFilled size={15} aria-hidden />}
        aria-label={`${word}: ${name}, ${recipe.id}`}
        onClick={() => void start.run().then((done) => done && onStarted())}
      >
        {word}
      </Button>
      <ErrorNotice error={start.error} />
    </div>
  )
}
