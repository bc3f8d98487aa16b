'use strict'
/** What the app asked of the system, for tests to look at; and how dialogs shall be answered. */
exports.records = {
  sandboxed: false,
  schemes: [],
  menu: null,
  dialogs: [],
  dialogResponse: 1,
  /** What is chosen where a file or folder is asked for; none is a cancelled dialog. */
  chosenPaths: [],
  openedExternal: [],
  openedPaths: [],
  stoppedNavigations: [],
  deniedWindows: [],
  outsideRequests: [],
  pageErrors: [],
  consoleErrors: [],
  windowOptions: [],
  notifications: [],
  tray: null,
  badgeCount: 0,
  shortcuts: {},
  takenShortcuts: [],
  isOnBattery: false,
}
