import { LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use as register } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

register([LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

export interface Series {
  name: string;
  color: string;
  values: number[];
}

const token = (element: HTMLElement, name: string) => getComputedStyle(element).getPropertyValue(name).trim();

/** Draws lines over days in the colours of the theme; returns how to end it. */
export function drawLines(element: HTMLElement, labels: string[], series: Series[]): () => void {
  const chart = init(element, undefined, { renderer: 'canvas' });
  const text = token(element, '--text-dim');
  const line = token(element, '--border');
  chart.setOption({
    animation: false,
    grid: { left: 36, right: 16, top: 12, bottom: 28 },
    textStyle: { fontFamily: token(element, '--font'), color: text },
    // Drawn on the canvas: as an element it would bring style attributes, which the content security policy refuses.
    tooltip: { renderMode: 'richText', trigger: 'axis', backgroundColor: token(element, '--surface'), borderColor: line, textStyle: { fontFamily: token(element, '--font'), color: token(element, '--text') } },
    xAxis: { type: 'category', data: labels, boundaryGap: false, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: text } },
    yAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: line } }, axisLabel: { color: text } },
    series: series.map(({ name, color, values }) => ({
      name,
      type: 'line',
      data: values,
      symbol: 'none',
      lineStyle: { width: 2, color },
      itemStyle: { color },
    })),
  });
  const watch = new ResizeObserver(() => chart.resize());
  watch.observe(element);
  return () => {
    watch.disconnect();
    chart.dispose();
  };
}
