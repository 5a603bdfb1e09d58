// The few lines that stand in for a framework.

export const $ = (selector, root = document) => root.querySelector(selector)

/**
 * An element: `el('button', { type: 'button', onclick }, 'Open')`. Names that begin with `on` are listeners, those
 * with a dash and `role` are attributes, the others properties. Text is always text, never markup.
 */
export function el(name, properties = {}, ...children) {
    const element = document.createElement(name)
    for (const [key, value] of Object.entries(properties)) {
        if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
        else if (key.includes('-') || key === 'role') element.setAttribute(key, value)
        else element[key] = value
    }
    element.append(...children.filter((child) => child !== null && child !== undefined))
    return element
}

/** A button; `className` says how loud it is. */
export const button = (label, onclick, properties = {}) =>
    el('button', { type: 'button', onclick, ...properties }, label)

/** Asks the browser to save a file, as a click on a link with `download` does. */
export function save(href, name) {
    const link = el('a', { href, download: name, hidden: true })
    document.body.append(link)
    link.click()
    link.remove()
}

/** Saves a Blob under a name. */
export function saveBlob(blob, name) {
    const url = URL.createObjectURL(blob)
    save(url, name)
    // The download has begun by then; while it runs the browser holds the content itself.
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
