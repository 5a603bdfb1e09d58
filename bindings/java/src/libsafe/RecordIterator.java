package libsafe;

import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;

/** All versions of a record, from the newest down. */
final class RecordIterator implements Iterator<SafeRecord> {
    private static final int PAGE = 100;

    private final Client client;
    private final byte[] address;
    private Iterator<SafeRecord> page;
    private OptionalLong before = OptionalLong.of(Long.MAX_VALUE);

    RecordIterator(Client client, byte[] address) {
        this.client = client;
        this.address = address;
    }

    @Override
    public boolean hasNext() {
        while ((page == null || !page.hasNext()) && before.isPresent()) {
            try {
                RecordPage next = client.listRecords(address, before.getAsLong(), PAGE);
                page = next.records().iterator();
                before = next.before();
            } catch (SafeException problem) {
                throw new UncheckedIOException(problem);
            }
        }
        return page != null && page.hasNext();
    }

    @Override
    public SafeRecord next() {
        if (!hasNext()) throw new NoSuchElementException();
        return page.next();
    }
}
