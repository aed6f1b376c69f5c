import { Button, Skeleton } from '@mantine/core'
import { IconLicense } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as z from 'zod'
import { toAppError } from '../../api/errors'
import type { AppErrorData } from '#contract'
import { Dialog } from '../../ui/Dialog'
import { ErrorNotice } from '../../ui/Notice'
import css from './settings.module.css'

/** Made by the build, of what it took in (scripts/licences.mjs). */
const Packages = z.array(z.object({ name: z.string(), version: z.string(), licence: z.string() }))
type Packages = z.infer<typeof Packages>

/** Whose work is in the app. */
export function Licences() {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button variant="default" leftSection={<IconLicense size={16} aria-hidden />} onClick={() => setOpened(true)}>
        {t('settings.licencesAction')}
      </Button>
      <Dialog title={t('settings.licences')} opened={opened} onClose={() => setOpened(false)}>
        <List />
      </Dialog>
    </>
  )
}

function List() {
  const { t } = useTranslation()
  const [packages, setPackages] = useState<Packages | null>(null)
  const [error, setError] = useState<AppErrorData | null>(null)
  useEffect(() => {
    fetch('licences.json')
      .then((answer) => answer.json())
      .then((value) => setPackages(Packages.parse(value)))
      .catch((thrown: unknown) => setError(toAppError(thrown)))
  }, [])
  if (error !== null) return <ErrorNotice error={error} />
  if (packages === null) return <Skeleton height={240} />
  return (
    <>
      <p className={css.hint}>{t('settings.licencesOwn', { count: packages.length })}</p>
      <table className={css.licences}>
        <thead>
          <tr>
            <th scope="col">{t('settings.licencesName')}</th>
            <th scope="col">{t('settings.licencesVersion')}</th>
            <th scope="col">{t('settings.licencesLicence')}</th>
          </tr>
        </thead>
        <tbody>
          {packages.map(({ name, version, licence }) => (
            <tr key={`${name} ${version}`}>
              <th scope="row">{name}</th>
              <td>{version}</td>
              <td>{licence}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
