// Greenroom's design tokens. The one place where a colour, a size or a radius is decided.
// views/css/app.css loads this file with @config; the two daisyUI themes and every custom property are made from `tokens`.
import daisyui from 'daisyui'
import daisyTheme from 'daisyui/theme'

export const tokens = {
  light: {
    surface: '#ffffff', sunken: '#f6f8f6', raised: '#ffffff', hairline: '#e3e7e4', 'hairline-strong': '#cbd2cd',
    ink: '#1a1f1c', 'ink-2': '#525b55', 'ink-3': '#656e68',
    accent: '#17724a', 'accent-ink': '#ffffff', 'accent-wash': '#e7f4ec', focus: '#17724a',
    info: '#1b67a8', success: '#12694a', warning: '#875400', error: '#b2331f',
    'info-wash': '#e8f1f9', 'success-wash': '#e4f4ea', 'warning-wash': '#fbf1dc', 'error-wash': '#fbeae6',
    'stage-candidate': '#7b857f', 'stage-candidate-ink': '#4b544e', 'stage-candidate-wash': '#eff2f0',
    'stage-staging': '#1f74bd', 'stage-staging-ink': '#15578f', 'stage-staging-wash': '#e5f0fa',
    'stage-production': '#0d8a5a', 'stage-production-ink': '#0d623f', 'stage-production-wash': '#e0f3e8',
    'stage-archived': '#9c9385', 'stage-archived-ink': '#665f52', 'stage-archived-wash': '#f3f0eb',
    'series-1': '#bd5310', 'series-2': '#563161', 'series-3': '#3d4900', 'series-4': '#2836af',
    'series-5': '#04a3a7', 'series-6': '#81445e', 'series-7': '#b48710', 'series-8': '#9871f5',
    track: '#dfe7e2', star: '#b07c08', scrim: 'rgb(16 24 19 / .30)', 'wash-mix': '12%', 'tint-mix': '30%',
    'shadow-floating': '0 8px 28px rgb(20 30 24 / .14), 0 1px 3px rgb(20 30 24 / .10)',
  },
  dark: {
    surface: '#151917', sunken: '#0f1311', raised: '#1e2421', hairline: '#2a312d', 'hairline-strong': '#414a45',
    ink: '#e5eae7', 'ink-2': '#aab3ad', 'ink-3': '#8f9993',
    accent: '#43b883', 'accent-ink': '#06150e', 'accent-wash': '#142c20', focus: '#5fd09c',
    info: '#6db3ec', success: '#5fca97', warning: '#e3ad4c', error: '#f28b78',
    'info-wash': '#14283a', 'success-wash': '#122d20', 'warning-wash': '#33270f', 'error-wash': '#3a1d17',
    'stage-candidate': '#87918b', 'stage-candidate-ink': '#b9c2bc', 'stage-candidate-wash': '#232926',
    'stage-staging': '#4f9fe3', 'stage-staging-ink': '#8fc6f5', 'stage-staging-wash': '#142a3e',
    'stage-production': '#37b680', 'stage-production-ink': '#78d8a9', 'stage-production-wash': '#103021',
    'stage-archived': '#8a8173', 'stage-archived-ink': '#b9b0a1', 'stage-archived-wash': '#27231e',
    'series-1': '#f08b47', 'series-2': '#edc2fb', 'series-3': '#c5e538', 'series-4': '#5673f0',
    'series-5': '#2b9094', 'series-6': '#e6a0bb', 'series-7': '#9f7a23', 'series-8': '#856fc6',
    track: '#29332e', star: '#e7b94a', scrim: 'rgb(0 0 0 / .6)', 'wash-mix': '18%', 'tint-mix': '52%',
    'shadow-floating': '0 10px 32px rgb(0 0 0 / .55), 0 0 0 1px rgb(255 255 255 / .05)',
  },
}

// A person wears one of these by name; both themes mix it into their surface by --tint-mix.
export const tints = ['#c4387a', '#0d8a5a', '#7d771a', '#d0601a', '#0f8aa8', '#1f74bd', '#5648b8', '#7b857f']

const vars = t => Object.fromEntries(Object.entries(t).map(([k, v]) => [`--${k}`, v]))

const daisy = (name, t, scheme, extra) => daisyTheme({
  name, ...extra, 'color-scheme': scheme,
  '--color-base-100': t.surface, '--color-base-200': t.sunken, '--color-base-300': t.hairline, '--color-base-content': t.ink,
  '--color-primary': t.accent, '--color-primary-content': t['accent-ink'],
  '--color-secondary': t['ink-2'], '--color-secondary-content': t.surface,
  '--color-accent': t.accent, '--color-accent-content': t['accent-ink'],
  '--color-neutral': t.ink, '--color-neutral-content': t.surface,
  '--color-info': t.info, '--color-info-content': t.surface,
  '--color-success': t.success, '--color-success-content': t.surface,
  '--color-warning': t.warning, '--color-warning-content': t.surface,
  '--color-error': t.error, '--color-error-content': t.surface,
  '--radius-selector': '0.25rem', '--radius-field': '0.375rem', '--radius-box': '0.5rem',
  '--size-selector': '0.25rem', '--size-field': '0.25rem', '--border': '1px', '--depth': '0', '--noise': '0',
  ...vars(t), ...Object.fromEntries(tints.map((c, i) => [`--tint-${i + 1}`, c])),
})

export default {
  theme: {
    fontFamily: {
      sans: ['"Inter Variable"', 'Inter', 'ui-sans-serif', 'system-ui', '-apple-system', '"Segoe UI"', 'sans-serif'],
      mono: ['"JetBrains Mono Variable"', '"JetBrains Mono"', 'ui-monospace', 'SFMono-Regular', 'Menlo', 'monospace'],
    },
    fontSize: {
      pic: ['0.75rem', '1rem'],          // 12: inside pictures only (ticks, node labels)
      meta: ['0.8125rem', '1.125rem'],   // 13: meta, table heads, buttons
      body: ['0.875rem', '1.25rem'],     // 14: everything people read
      title: ['1.25rem', '1.75rem'],     // 20: page title
      decision: ['1.5rem', '2rem'],      // 24: the question on a decision page
    },
    extend: {
      colors: {
        surface: 'var(--surface)', sunken: 'var(--sunken)', raised: 'var(--raised)',
        hairline: { DEFAULT: 'var(--hairline)', strong: 'var(--hairline-strong)' },
        ink: { DEFAULT: 'var(--ink)', 2: 'var(--ink-2)', 3: 'var(--ink-3)' },
        stage: Object.fromEntries(['candidate', 'staging', 'production', 'archived'].map(s => [s, {
          DEFAULT: `var(--stage-${s})`, ink: `var(--stage-${s}-ink)`, wash: `var(--stage-${s}-wash)` }])),
        series: Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map(n => [n, `var(--series-${n})`])),
      },
    },
  },
  plugins: [
    // Only what ours stands on: daisyUI also names plain words (filter, status, stack) that would match in templates.
    daisyui({ themes: false, logs: false, include: ['button', 'checkbox', 'tab', 'table', 'textarea'] }),
    daisy('greenroom', tokens.light, 'light', { default: true }),
    daisy('greenroom-dark', tokens.dark, 'dark', { prefersdark: true }),
  ],
}
