import { mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { app } from 'electron'

/** Makes the app start with the session, or not. Throws what the file system throws. */
export async function setLoginItem(startsAtLogin: boolean): Promise<void> {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: startsAtLogin })
    return
  }
  // Electron knows no login item on Linux; desktops start what lies in this folder (XDG autostart).
  const file = path.join(
    process.env['XDG_CONFIG_HOME'] || path.join(homedir(), '.config'),
    'autostart/nexus-desktop.desktop',
  )
  if (!startsAtLogin) return rm(file, { force: true })
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, autostartEntry(process.env['APPIMAGE'] ?? process.execPath))
}

/** A desktop entry that starts the program, quoted as the Desktop Entry Specification's Exec key asks. */
export function autostartEntry(program: string): string {
  const quoted = program
    .replaceAll(/["`$\\]/g, String.raw`\$&`)
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')
  return ['[Desktop Entry]', 'Type=Application', 'Name=Nexus Desktop', `Exec="${quoted}"`, 'Terminal=false', ''].join(
    '\n',
  )
}
