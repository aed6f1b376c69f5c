import '@mantine/core/styles.css'
import './ui/tokens.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { keepConnected } from './api/session'
import { App } from './app/App'
import { startI18n } from './i18n'

async function start(): Promise<void> {
  void keepConnected()
  await startI18n()
  const root = document.getElementById('root')
  if (root === null) return
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}

void start()
