// Charts that want curves of one run at about the same time ask for them together, and those that have some ask only for
// what came after.
const most = 30
const waiting = new Map() // by path and axis

// curve returns a promise of what is at src, .../metrics?key=NAME, on an axis, which may be another metric that it is drawn
// over; after is the last step that is known.
export function curve(src, x, over, after) {
  const url = new URL(src, location.href)
  const key = url.searchParams.get('key')
  return new Promise((resolve, reject) => {
    const place = `${url.pathname}?x=${x}&${after == null ? 'all' : 'after'}`
    let asks = waiting.get(place)
    if (!asks || asks.length >= most) {
      waiting.set(place, asks = [])
      setTimeout(send, 20, url.pathname, x, asks, place)
    }
    asks.push({ key, over, after, resolve, reject })
  })
}

async function send(path, x, asks, place) {
  if (waiting.get(place) === asks) waiting.delete(place)
  const query = new URLSearchParams(x ? { x } : {})
  const some = asks.some(({ over }) => over)
  for (const { key, over, after } of asks) {
    query.append('key', key)
    if (some) query.append('over', over)
    if (after != null) query.append('after', after)
  }
  try {
    const answer = await fetch(`${path}?${query}`, { headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(`answered ${answer.status}`)
    const { live, curves } = await answer.json()
    asks.forEach(({ resolve }, i) => resolve({ ...curves[i], live }))
  } catch (error) {
    for (const { reject } of asks) reject(error)
  }
}

// joined adds to a curve what came from the step after on.
export function joined(known, more, after) {
  if (!more.x.length) return { ...known, live: more.live }
  const keep = known.x.findIndex(x => x >= after)
  const n = keep < 0 ? known.x.length : keep
  const band = known.lo || more.lo
  const column = (name, otherwise) => [...(known[name] ?? known[otherwise] ?? []).slice(0, n), ...(more[name] ?? more[otherwise] ?? [])]
  return {
    ...more,
    x: column('x'),
    y: column('y'),
    ...(band ? { lo: column('lo', 'y'), hi: column('hi', 'y') } : {}),
    ...(known.t ? { t: column('t') } : {}),
    odd: [...(known.odd ?? []).filter(o => o.x < after), ...(more.odd ?? [])],
  }
}

// across are the points of a curve by where they stand on an axis that may go back and forth: in its order, and those at one
// place as one, with their band.
export function across(t, { x, y, lo = y, hi = y }) {
  const at = [], to = { x: [], y: [], lo: [], hi: [] }
  for (const i of x.map((_, i) => i).filter(i => t[i] != null).sort((a, b) => t[a] - t[b] || a - b)) {
    const n = at.length - 1
    if (n < 0 || at[n] !== t[i] || to.y[n] == null) {
      const place = n >= 0 && at[n] === t[i] ? n : n + 1
      at[place] = t[i]
      for (const [name, values] of Object.entries({ x, y, lo, hi })) to[name][place] = values[i]
    } else if (y[i] != null) {
      to.lo[n] = Math.min(to.lo[n], lo[i])
      to.hi[n] = Math.max(to.hi[n], hi[i])
      to.y[n] = to.lo[n] / 2 + to.hi[n] / 2
      to.x[n] = x[i]
    }
  }
  return { at, ...to }
}

// smoothed is the exponential mean of values, weighted so that it begins where they do; gaps stay gaps.
export function smoothed(values, weight) {
  let mean = 0, share = 0
  return values.map(v => {
    if (v == null) return null
    mean = weight * mean + (1 - weight) * v
    share = weight * share + (1 - weight)
    return mean / share
  })
}
