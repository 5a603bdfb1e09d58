// The documentation's snippets, each in an editor with a button that runs it and a place for what it prints.

import { $, button, el } from '../dom.js'

const LONGEST = 60_000

/** Runs code in a frame of its own; `told` gets what it prints. Fulfilled with whether it ended well. */
function run(code, told) {
    const frame = el('iframe', { src: 'run.html', title: 'Where the example runs' })
    let stop
    const ended = new Promise((done) => {
        const end = (well) => {
            removeEventListener('message', listen)
            clearTimeout(late)
            frame.remove()
            done(well)
        }
        const late = setTimeout(() => {
            told({ kind: 'error', text: 'Stopped: it ran for longer than a minute.' })
            end(false)
        }, LONGEST)
        const listen = ({ source, data }) => {
            if (source !== frame.contentWindow) return
            if (data.kind === 'ready') frame.contentWindow.postMessage({ code }, location.origin)
            else if (data.kind === 'ended') end(data.well)
            else told(data)
        }
        addEventListener('message', listen)
        stop = () => {
            told({ kind: 'quiet', text: 'Stopped.' })
            end(false)
        }
    })
    document.body.append(frame)
    return { ended, stop }
}

/** One snippet's section; `run` runs it. */
function section(snippet, number) {
    const id = `snippet-${number}`
    const code = el('textarea', {
        id, value: snippet.code.trimEnd(), rows: snippet.code.trimEnd().split('\n').length + 1, spellcheck: false,
        autocomplete: 'off', 'aria-label': `Code: ${snippet.heading}`, 'aria-describedby': `${id}-help`,
    })
    const output = el('output', { id: `${id}-output`, 'aria-label': `Output: ${snippet.heading}` })
    let running = null
    const go = async () => {
        if (running) return running.stop()
        output.replaceChildren()
        runs.textContent = 'Stop'
        running = run(code.value, ({ kind, text }) => output.append(el('span', { className: kind }, `${text}\n`)))
        const well = await running.ended
        running = null
        runs.textContent = 'Run'
        output.dataset.ended = well ? 'well' : 'badly'
        if (well && output.textContent === '') output.append(el('span', { className: 'quiet' }, 'Ended, and printed nothing.'))
        return well
    }
    const runs = button('Run', go, { className: 'primary', 'aria-controls': output.id })
    const reset = button('Undo changes', () => (code.value = snippet.code.trimEnd()), { className: 'plain' })
    code.onkeydown = (event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        go()
    }
    const element = el('section', { className: 'snippet', 'aria-labelledby': `${id}-title` },
        el('h2', { id: `${id}-title` }, snippet.heading),
        el('p', { className: 'from', id: `${id}-help` }, snippet.document),
        snippet.intro === '' ? null : el('p', {}, snippet.intro),
        code, el('div', { className: 'buttons' }, runs, reset), output)
    return { element, go }
}

const snippets = await (await fetch('snippets.json')).json()
const sections = snippets.map(section)
$('#snippets').replaceChildren(...sections.map(({ element }) => element))
$('#run-all').onclick = async () => {
    for (const { go } of sections) await go()
}
