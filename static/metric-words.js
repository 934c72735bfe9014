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
