// What the page remembers from one visit to the next. In IndexedDB, not in localStorage: what one tab has written every
// other tab reads from then on, and a browser that is killed has kept it.

const NAME = 'libsafe-drive'
const STORE = 'memo'

const ended = (request, event = 'success') => new Promise((done, fail) => {
    request.addEventListener(event, () => done(request.result))
    request.addEventListener('error', () => fail(request.error))
    request.addEventListener('abort', () => fail(request.error))
})

async function within(mode, work) {
    const opening = indexedDB.open(NAME, 1)
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(STORE))
    const database = await ended(opening)
    try {
        const transaction = database.transaction(STORE, mode, { durability: 'strict' })
        const complete = ended(transaction, 'complete')
        const request = work(transaction.objectStore(STORE))
        await complete
        return request.result
    } finally {
        database.close()
    }
}

/** What was remembered under a key; null if nothing was. */
export const recall = async (key) => (await within('readonly', (store) => store.get(key))) ?? null

/** Fulfilled when it is kept. null forgets. */
export const remember = (key, value) => within('readwrite', (store) => value === null ? store.delete(key) : store.put(value, key))
