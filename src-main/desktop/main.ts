import { startDesktop } from './start-desktop'

void startDesktop()
