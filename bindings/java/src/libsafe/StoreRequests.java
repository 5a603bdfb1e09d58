package libsafe;

import java.io.IOException;

/** What is asked of the stores of a port. */
final class StoreRequests extends Requests<Store> {
    private final Store.Kind kind;

    StoreRequests(Store.Kind kind) {
        super(Ffi.SAFE_STORE_IO);
        this.kind = kind;
    }

    @Override
    Store open(String url, boolean create) throws IOException {
        return kind.open(url, create);
    }

    @Override
    void answer(Store store, int what, long request) throws IOException {
        String key = Ffi.safe_request_key(request);
        switch (what) {
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
            default -> throw unknown(what);
        }
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
}
