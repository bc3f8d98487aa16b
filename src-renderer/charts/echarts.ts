import { BarChart, PieChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components'
import { use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

// Only the parts that are drawn; the whole library is five times as large.
use([BarChart, PieChart, AriaComponent, GridComponent, MarkAreaComponent, TooltipComponent, CanvasRenderer])

export { default as VChart } from 'vue-echarts'
