import { expect, test } from 'vitest'
import { firstPlace, placeOnScreens, windowPlace, type WindowPlace } from '../../src-main/desktop/window-place'

const laptop = { x: 0, y: 25, width: 1440, height: 875 }
const external = { x: 1440, y: 0, width: 2560, height: 1415 }
const place = (over: Partial<WindowPlace>): WindowPlace => ({ ...firstPlace, x: 100, y: 100, ...over })

test('a window comes back where it was, on either screen', () => {
  expect(placeOnScreens(place({}), [laptop, external])).toEqual({ x: 100, y: 100, width: 1280, height: 840 })
  expect(placeOnScreens(place({ x: 2000 }), [laptop, external])).toMatchObject({ x: 2000, y: 100 })
})

test('the first window has no place of its own, so the system puts it in the middle', () => {
  expect(placeOnScreens(firstPlace, [laptop])).toEqual({ width: 1280, height: 840 })
})

test.each([
  ['on a screen that is gone', { x: 2000 }],
  ['left of every screen', { x: -1270 }],
  ['with its title bar above the screen', { y: -30 }],
  ['with its title bar below the screen', { y: 890 }],
])('a window that was %s comes back in the middle', (_where, over) => {
  expect(placeOnScreens(place(over), [laptop])).toEqual({ width: 1280, height: 840 })
})

test('a window that is larger than its screen is made to fit', () => {
  expect(placeOnScreens(place({ width: 4000, height: 3000 }), [laptop])).toMatchObject({ width: 1440, height: 875 })
})

test('without any screen the remembered size is kept', () => {
  expect(placeOnScreens(place({}), [])).toEqual({ width: 1280, height: 840 })
})

test.each([{}, { ...firstPlace, width: 0 }, { ...firstPlace, height: 1e9 }, { ...firstPlace, x: 'left' }])(
  'a place file that says %j is refused',
  (value) => {
    expect(windowPlace.safeParse(value).success).toBe(false)
  },
)
