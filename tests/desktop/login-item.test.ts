import { expect, test, vi } from 'vitest'

vi.mock('electron', () => ({ app: {} }))
const { autostartEntry } = await import('../../src-main/desktop/login-item')

test('the autostart entry starts the program whatever its path is', () => {
  expect(autostartEntry('/opt/Nexus Desktop/nexus-desktop')).toContain('\nExec="/opt/Nexus Desktop/nexus-desktop"\n')
  // As the Desktop Entry Specification has it: quoted for the Exec key, and again as a string of the file.
  expect(autostartEntry('/a$b"c%d')).toContain(String.raw`Exec="/a\\$b\\"c%%d"`)
})
