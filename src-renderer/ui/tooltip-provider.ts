/** Once around the app: all tooltips share one delay. */
export { TooltipProvider } from 'reka-ui'
