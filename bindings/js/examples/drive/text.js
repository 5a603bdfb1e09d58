// How things are said: sizes, days, numbers of things, kinds of files, errors.

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** "0 bytes", "1 byte", "982 bytes", "4.2 MB": decimal units, three figures at most. */
export function size(bytes) {
    let value = Number(bytes)
    let unit = 0
    while (value >= 999.5 && unit < UNITS.length - 1) {
        value /= 1000
        unit++
    }
    if (unit === 0) return value === 1 ? '1 byte' : `${value} bytes`
    return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`
}

/** "1 file", "3 files". */
export const count = (number, thing) => `${number.toLocaleString('en')} ${thing}${number === 1 ? '' : 's'}`

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const DAY_AND_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** "14:05" for today, "3 Nov" for this year, "3 Nov 2024" for others. */
export function day(iso, now = new Date()) {
    const date = new Date(iso)
    if (Number.isNaN(date.getTime())) return ''
    if (date.toDateString() === now.toDateString()) return TIME.format(date)
    return (date.getFullYear() === now.getFullYear() ? DAY : DAY_AND_YEAR).format(date)
}

/** The last part of a name in capitals, for the tile of a file without a picture: "PDF"; at most four letters. */
export function suffix(name) {
    const found = /[^.]\.([A-Za-z0-9]{1,5})$/.exec(name)
    return found ? found[1].slice(0, 4).toUpperCase() : ''
}

const BY_SUFFIX = {
    image: 'png jpg jpeg gif webp avif bmp svg ico',
    audio: 'mp3 wav ogg oga opus flac m4a aac',
    video: 'mp4 m4v webm ogv mov mkv',
    pdf: 'pdf',
    text: 'txt md csv tsv json xml yml yaml toml ini log html htm css js mjs ts c h cpp hpp cc py rs go java sh sql',
}

/** How a file is shown: image, audio, video, pdf, text, or other. The type decides, and the name where it is silent. */
export function kind(type, name) {
    const [major, minor] = (type || '').split(/[/;]/)
    if (['image', 'audio', 'video', 'text'].includes(major)) return major
    if (minor === 'pdf') return 'pdf'
    if (['json', 'xml', 'javascript', 'x-sh', 'toml', 'yaml'].includes(minor)) return 'text'
    if (type && type !== 'application/octet-stream') return 'other'
    const last = suffix(name).toLowerCase()
    return Object.keys(BY_SUFFIX).find((each) => BY_SUFFIX[each].split(' ').includes(last)) ?? 'other'
}

const CHUNK = 4_190_208

/** How many chunks a file is cut into (docs/formats.md, "Chunks"). */
export const chunks = (bytes) => (bytes < 3 ? 0 : Math.max(3, Math.ceil(bytes / CHUNK)))

/** What went wrong, for a person: the library's messages say what failed, on what, why, and what to do next. */
export const reason = (error) => (error instanceof Error && error.message) || String(error)
