// The drive's list as a value: what changes do, and what is refused. (examples/drive/list.js, text.js)

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apply, cleanFolder, decode, EMPTY, encode, inside } from '../../examples/drive/list.js'
import { chunks, count, day, kind, size, suffix } from '../../examples/drive/text.js'
import { snippetsIn } from '../../examples/playground/extract.mjs'

const entry = (id, name, folder = '', link = `safe:private-${id}`) =>
    ({ id, name, folder, link, size: 10, type: 'text/plain', added: '2026-01-02T03:04:05.000Z' })

const names = (list) => list.entries.map(({ name }) => name)

test('a list that was written is read back the same', () => {
    const list = apply(EMPTY, { add: [entry('1', 'a.txt'), entry('2', 'b.txt', 'x/y')] })
    assert.deepEqual(decode(encode(list)), list)
})

test('changes of two tabs can be made in either order', () => {
    const one = { add: [entry('1', 'a.txt')] }
    const other = { add: [entry('2', 'b.txt')], remove: ['3'] }
    const start = apply(EMPTY, { add: [entry('3', 'c.txt')] })
    const ab = apply(apply(start, one), other)
    const ba = apply(apply(start, other), one)
    assert.deepEqual(names(ab).sort(), ['a.txt', 'b.txt'])
    assert.deepEqual(names(ba).sort(), ['a.txt', 'b.txt'])
})

test('a change made twice is made once', () => {
    const change = { add: [entry('1', 'a.txt')] }
    assert.equal(apply(apply(EMPTY, change), change).entries.length, 1)
})

test('the same content under the same name is there once, other content of that name beside it', () => {
    const list = apply(EMPTY, {
        add: [entry('1', 'a.txt', '', 'safe:private-x'), entry('2', 'a.txt', '', 'safe:private-x'),
            entry('3', 'a.txt', '', 'safe:private-y'), entry('4', 'a.txt', 'sub', 'safe:private-x')],
    })
    assert.deepEqual(names(list), ['a.txt', 'a 2.txt', 'a.txt'])
})

test('a file without an ending, or with nothing but one, gets a number as well', () => {
    const twice = (name) => apply(EMPTY, { add: [entry('1', name), entry('2', name)] })
    assert.deepEqual(names(twice('Makefile')), ['Makefile', 'Makefile 2'])
    assert.deepEqual(names(twice('.bashrc')), ['.bashrc', '.bashrc 2'])
})

test('folders are what the files say, with their numbers and sizes', () => {
    const list = apply(EMPTY, { add: [entry('1', 'b', 'x'), entry('2', 'a', 'x/y'), entry('3', 'c', 'xx'), entry('4', 'd')] })
    assert.deepEqual(inside(list, '').folders, [
        { name: 'x', path: 'x', files: 2, size: 20 }, { name: 'xx', path: 'xx', files: 1, size: 10 }])
    assert.deepEqual(inside(list, 'x').folders, [{ name: 'y', path: 'x/y', files: 1, size: 10 }])
    assert.deepEqual(inside(list, 'x').files.map(({ name }) => name), ['b'])
})

test('no folder climbs out of the list', () => {
    assert.equal(cleanFolder('/../a//./b/..'), 'a/b')
    assert.equal(cleanFolder('a\u0000b/c'), 'c')
})

test('what is no list, or of another version, or has a broken entry, is refused', () => {
    const bytes = (value) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
    for (const bad of ['', 'hello', '[]', '{}', { entries: 1 }, { version: 1 }])
        assert.throws(() => decode(bytes(bad)), /not the list of a drive/)
    assert.throws(() => decode(Uint8Array.of(0xff)), /not the list of a drive/)
    assert.throws(() => decode(bytes({ version: 2, entries: [] })), /version 2/)
    for (const wrong of [{ id: '' }, { name: 7 }, { link: 'https:' }, { size: -1 }, { size: 1.5 }, { folder: '../x' }, { type: null }])
        assert.throws(() => decode(bytes({ version: 1, entries: [{ ...entry('1', 'a'), ...wrong }] })), /no drive wrote/)
})

test('sizes, numbers and days are said as people say them', () => {
    assert.deepEqual([0, 1, 999, 1000, 9_960, 123_456, 999_600, 4.2e9].map(size),
        ['0 bytes', '1 byte', '999 bytes', '1.0 kB', '10 kB', '123 kB', '1.0 MB', '4.2 GB'])
    assert.deepEqual([count(1, 'file'), count(2000, 'file')], ['1 file', '2,000 files'])
    const now = new Date(2026, 5, 7, 12)
    assert.deepEqual([new Date(2026, 5, 7, 9, 5), new Date(2026, 1, 3), new Date(2024, 1, 3)].map((date) => day(date, now)),
        ['09:05', '3 Feb', '3 Feb 2024'])
    assert.equal(day('nonsense'), '')
})

test('a file is shown by its type, or by its name where the type says nothing', () => {
    assert.deepEqual([kind('image/png', 'x'), kind('', 'x.webm'), kind('application/pdf', 'x'), kind('application/json', 'x'),
        kind('application/octet-stream', 'a.flac'), kind('application/zip', 'x.txt'), kind('', 'README')],
    ['image', 'video', 'pdf', 'text', 'audio', 'other', 'other'])
    assert.deepEqual(['a.tar.gz', '.bashrc', 'x.webmx', 'plain'].map(suffix), ['GZ', '', 'WEBM', ''])
})

test('chunks are counted as the format cuts', () => {
    assert.deepEqual([0, 2, 3, 12_570_623, 12_570_624, 12_570_625].map(chunks), [0, 0, 3, 3, 3, 4])
})

test('snippets are taken from where documents show them, and those for Node are left out', () => {
    const text = '# Top\n\nSay `this`:\n\n```js\nlet a = 1\n```\n\n## Files\n\n<!-- node -->\n```js\nimport fs from "fs"\n```\n' +
        '```sh\n# not js\n```\n\n```js\nlet b = 2\n```\n'
    assert.deepEqual(snippetsIn(text, 'x.md'), [
        { document: 'x.md', heading: 'Top', intro: 'Say this:', code: 'let a = 1\n' },
        { document: 'x.md', heading: 'Files', intro: '', code: 'let b = 2\n' }])
})
