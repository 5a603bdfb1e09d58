// Runs one snippet and tells the page that holds this frame what it prints and how it ends.

const tell = (message) => parent.postMessage(message, location.origin)

/** A value as a console would show it. */
function shown(value, depth = 0) {
    if (typeof value === 'string') return depth === 0 ? value : JSON.stringify(value)
    if (typeof value === 'bigint') return `${value}n`
    if (value instanceof Error) return `${value.name}: ${value.message}`
    if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.length}) [${[...value.slice(0, 16)].join(', ')}${value.length > 16 ? ', …' : ''}]`
    if (typeof value === 'function') return `[function ${value.name}]`
    if (value === null || typeof value !== 'object') return String(value)
    if (depth > 2) return '…'
    if (Array.isArray(value)) return `[${value.map((each) => shown(each, depth + 1)).join(', ')}]`
    const name = value.constructor?.name ?? ''
    if (name !== 'Object' && name !== '' && String(value) !== '[object Object]' && !String(value).startsWith('[object ')) return String(value)
    const inside = Object.entries(value).map(([key, each]) => `${key}: ${shown(each, depth + 1)}`).join(', ')
    return `${name === 'Object' ? '' : `${name} `}{ ${inside} }`
}

const KINDS = { log: '', info: 'quiet', debug: 'quiet', warn: 'error', error: 'error' }
for (const [method, kind] of Object.entries(KINDS))
    console[method] = (...values) => tell({ kind, text: values.map((value) => shown(value)).join(' ') })

addEventListener('unhandledrejection', ({ reason }) => tell({ kind: 'error', text: shown(reason) }))
addEventListener('error', ({ message }) => tell({ kind: 'error', text: message }))

addEventListener('message', async ({ source, data }) => {
    if (source !== parent) return
    const address = URL.createObjectURL(new Blob([data.code], { type: 'text/javascript' }))
    try {
        await import(address)
        tell({ kind: 'ended', well: true })
    } catch (error) {
        tell({ kind: 'error', text: shown(error) })
        tell({ kind: 'ended', well: false })
    }
})
tell({ kind: 'ready' })
