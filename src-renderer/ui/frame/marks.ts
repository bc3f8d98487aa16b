import type { Connection } from '../../../src-main/contract/workspace'

/** Background classes of the connection colours, written out so that the style sheet has them. */
export const markClass: Record<Connection['colour'], string> = {
  grey: 'bg-mark-grey',
  indigo: 'bg-mark-indigo',
  teal: 'bg-mark-teal',
  green: 'bg-mark-green',
  amber: 'bg-mark-amber',
  red: 'bg-mark-red',
  pink: 'bg-mark-pink',
}
