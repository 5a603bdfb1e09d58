// Takes the JavaScript out of the documentation, when the playground is built: what runs there is what is read there.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const FENCE = /^(?<indent> *)```js\n(?<code>[\s\S]*?)^\k<indent>```$/gm
const NODE_ONLY = /<!-- node -->\s*$/

/** The documents that have snippets, and what each is called in the playground. */
async function documents(root) {
    const names = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).sort()
    return ['bindings/js/README.md', 'README.md', ...names.map((name) => `docs/${name}`)]
}

/** The heading that a place in a document is under. */
function headingAt(text, at) {
    const outside = text.slice(0, at).replace(/^```[\s\S]*?^```$/gm, '')
    return [...outside.matchAll(/^#+ +(.+)$/gm)].at(-1)?.[1].replace(/[`*]/g, '') ?? ''
}

/** The text of the paragraph before a snippet, for its introduction. */
function before(text, at) {
    const paragraph = text.slice(0, at).trimEnd().split(/\n\s*\n/).at(-1) ?? ''
    return /^(#|```|<!--|[-|])/.test(paragraph) ? '' : paragraph.replace(/\s+/g, ' ').replace(/[`*]|\[|\]\([^)]*\)/g, '')
}

/** Those of one document. What is marked with `<!-- node -->` needs files or processes, and does not run in a page. */
export function snippetsIn(text, document) {
    return [...text.matchAll(FENCE)].filter(({ index }) => !NODE_ONLY.test(text.slice(0, index))).map((found) => ({
        document, heading: headingAt(text, found.index), intro: before(text, found.index),
        code: found.groups.code.replaceAll(new RegExp(`^${found.groups.indent}`, 'gm'), ''),
    }))
}

export async function snippetsOf(root) {
    const all = []
    for (const document of await documents(root)) {
        const text = await readFile(join(root, document), 'utf8').catch(() => '')
        all.push(...snippetsIn(text, document))
    }
    return all
}
