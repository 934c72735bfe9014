// Numbers in charts, in the words of ui.Metric.
const minus = '\u2212'
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const signed = (v, words) => (v < 0 ? minus : '') + words

// metric writes a value with the decimals that tell neighbours apart.
export function metric(v) {
  const a = Math.abs(v)
  if (Number.isNaN(v)) return 'NaN'
  if (a === Infinity) return signed(v, '∞')
  if (Number.isInteger(v) && a < 1e15) return signed(v, whole.format(a))
  if (a < 1e-3 || a >= 1e15) return signed(v, a.toExponential(2).replace('e-', `e${minus}`))
  if (a >= 1000) return signed(v, a.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 }))
  return signed(v, a.toFixed(a >= 10 ? 2 : 4))
}

// tick writes a mark of an axis as short as it goes: 5k, 0.25, 1e−4.
export function tick(v) {
  const a = Math.abs(v)
  if (a === 0) return '0'
  if (a >= 1e9 || a < 1e-4) return signed(v, a.toExponential().replace('e-', `e${minus}`).replace('e+', 'e'))
  if (a >= 1e6) return signed(v, `${+(a / 1e6).toPrecision(6)}M`)
  if (a >= 1e3) return signed(v, `${+(a / 1e3).toPrecision(6)}k`)
  return signed(v, String(+a.toPrecision(6)))
}

// duration writes seconds as people say them: 45s, 12m, 1h 30m, 2d.
export function duration(seconds) {
  const s = Math.round(seconds)
  if (Math.abs(seconds) < 60) return `${+seconds.toFixed(1)}s`
  const parts = [[Math.floor(s / 86400), 'd'], [Math.floor(s / 3600) % 24, 'h'], [Math.floor(s / 60) % 60, 'm'], [s % 60, 's']]
  const first = parts.findIndex(([n]) => n > 0)
  return parts.slice(first, first + 2).filter(([n]) => n > 0).map(([n, unit]) => n + unit).join(' ')
}
