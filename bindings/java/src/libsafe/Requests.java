package libsafe;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the library asks the stores of a port, and how it is answered. */
final class Requests {
    private final Store.Kind kind;
    private final Map<Long, Store> stores = new ConcurrentHashMap<>(); // by connection

    Requests(Store.Kind kind) {
        this.kind = kind;
    }

    /** Answers one request and frees it. One without an answer fails by being freed. */
    void answer(long request) {
        try {
            ask(request);
        } catch (SafeException problem) {
            fail(request, problem.code(), problem.getMessage());
        } catch (Exception problem) {
            fail(request, Ffi.SAFE_STORE_IO, problem.toString());
        } finally {
            Ffi.safe_request_free(request);
        }
    }

    private static void fail(long request, int code, String message) {
        String text = message == null ? "" : message.replace('\0', ' ');
        if (Ffi.safe_request_fail(request, code, text, null) == Ffi.SAFE_INVALID_ARGUMENT) { // not a code of stores
            Ffi.safe_request_fail(request, Ffi.SAFE_STORE_IO, text, null);
        }
    }

    private void ask(long request) throws IOException {
        int what = Ffi.safe_request_kind(request);
        long connection = Ffi.safe_request_connection(request);
        String key = Ffi.safe_request_key(request);
        if (what == Ffi.SAFE_REQUEST_OPEN) {
            boolean create = (Ffi.safe_request_flags(request) & Ffi.SAFE_CONNECT_NO_CREATE) == 0;
            stores.put(connection, kind.open(Ffi.safe_request_url(request), create));
            done(request, true);
            return;
        }
        Store store = stores.get(connection);
        switch (what) {
            case Ffi.SAFE_REQUEST_CLOSE -> {
                stores.remove(connection);
                store.close();
                done(request, true);
            }
            case Ffi.SAFE_REQUEST_CREATE -> done(request, store.create(key, Ffi.safe_request_data(request)));
            case Ffi.SAFE_REQUEST_REPLACE -> {
                store.replace(key, Ffi.safe_request_data(request));
                done(request, true);
            }
            case Ffi.SAFE_REQUEST_GET -> give(request, store.get(
                key, Ffi.safe_request_offset(request), (int) Ffi.safe_request_length(request)));
            case Ffi.SAFE_REQUEST_EXISTS -> done(request, store.exists(key));
            case Ffi.SAFE_REQUEST_LIST -> list(request, store.list(
                key, Ffi.safe_request_after(request), (int) Ffi.safe_request_limit(request)));
            case Ffi.SAFE_REQUEST_REMOVE -> done(request, store.remove(key));
            case Ffi.SAFE_REQUEST_FIGURES -> figures(request, store.figures(key));
            default -> throw new SafeException(Ffi.SAFE_UNSUPPORTED, "this package does not know requests of kind " + what);
        }
    }

    private static void done(long request, boolean yes) throws SafeException {
        long[] error = new long[1];
        SafeException.check(Ffi.safe_request_done(request, yes ? 1 : 0, error), error);
    }

    private static void give(long request, byte[] bytes) throws SafeException {
        long[] error = new long[1];
        SafeException.check(
            bytes == null ? Ffi.safe_request_none(request, error) : Ffi.safe_request_give(request, bytes, error), error);
    }

    private static void list(long request, Store.Page page) throws SafeException {
        long[] error = new long[1];
        for (Store.Entry entry : page.entries()) {
            SafeException.check(Ffi.safe_request_add(request, entry.key(), entry.size(), error), error);
        }
        done(request, page.more());
    }

    private static void figures(long request, Store.Figures figures) throws SafeException {
        if (figures == null) throw new SafeException(Ffi.SAFE_UNSUPPORTED, "this store has no figures");
        long[] error = new long[1];
        SafeException.check(Ffi.safe_request_figures(
            request, figures.objects(), figures.bytes(), figures.usedBytes(), figures.freeBytes(), error), error);
    }

    /** The port is gone, and with it the requests that would have closed what is still open. */
    void close() {
        for (Store store : stores.values()) {
            try {
                store.close();
            } catch (IOException | RuntimeException nobodyWaits) {
                continue;
            }
        }
    }
}
