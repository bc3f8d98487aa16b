import type { Rectangle } from 'electron'
import { z } from 'zod'

/** What is remembered of the window between two runs. */
export const windowPlace = z.object({
  x: z.number().int().nullable(),
  y: z.number().int().nullable(),
  width: z.number().int().min(1).max(20_000),
  height: z.number().int().min(1).max(20_000),
  isMaximized: z.boolean(),
})
export type WindowPlace = z.infer<typeof windowPlace>

/** Null is the middle of the screen. */
export const firstPlace: WindowPlace = { x: null, y: null, width: 1280, height: 840, isMaximized: false }

/** How much of the title bar must be on a screen for the window to be reached with a mouse. */
const graspable = { width: 120, height: 40 }

/**
 * The remembered place made to fit the screens that are there now (`workAreas`, in DIP): no larger than the screen it
 * is on, and in the middle of the first one where its title bar could not be reached.
 */
export function placeOnScreens(saved: WindowPlace, workAreas: Rectangle[]): Partial<Rectangle> {
  const { x, y } = saved
  const home = x === null || y === null ? undefined : workAreas.find((area) => isReachable({ ...saved, x, y }, area))
  const area = home ?? workAreas[0]
  const size = area
    ? { width: Math.min(saved.width, area.width), height: Math.min(saved.height, area.height) }
    : { width: saved.width, height: saved.height }
  return home && x !== null && y !== null ? { x, y, ...size } : size
}

function isReachable(window: Rectangle, area: Rectangle): boolean {
  const visibleWidth = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
  const titleBarIsInside = window.y >= area.y && window.y + graspable.height <= area.y + area.height
  return titleBarIsInside && visibleWidth >= graspable.width
}
