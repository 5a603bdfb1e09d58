package libsafe;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the library asks of a port, and how it is answered: what all kinds of ports have in common. */
abstract class Requests<C extends Closeable> {
    private final int otherwise; // the code of failures that have none
    private final Map<Long, C> connections = new ConcurrentHashMap<>(); // by their numbers
    private volatile boolean ended;

    Requests(int otherwise) {
        this.otherwise = otherwise;
    }

    /** What is behind a URL. */
    abstract C open(String url, boolean create) throws IOException;

    abstract void answer(C connection, int what, long request) throws IOException;

    /** Answers one request and frees it. One without an answer fails by being freed. */
    final void answer(long request) {
        try {
            ask(request);
        } catch (SafeException problem) {
            fail(request, problem.code(), problem.getMessage());
        } catch (Exception problem) {
            fail(request, otherwise, problem.toString());
        } finally {
            Ffi.safe_request_free(request);
        }
    }

    private void fail(long request, int code, String message) {
        String text = message == null ? "" : message.replace('\0', ' ');
        if (Ffi.safe_request_fail(request, code, text, null) == Ffi.SAFE_INVALID_ARGUMENT) { // not a code of this kind
            Ffi.safe_request_fail(request, otherwise, text, null);
        }
    }

    private void ask(long request) throws IOException {
        int what = Ffi.safe_request_kind(request);
        long number = Ffi.safe_request_connection(request);
        if (what == Ffi.SAFE_REQUEST_OPEN) {
            boolean create = (Ffi.safe_request_flags(request) & Ffi.SAFE_CONNECT_NO_CREATE) == 0;
            C opened = open(Ffi.safe_request_url(request), create);
            if (opened == null) throw new IOException("nothing was given for the URL");
            connections.put(number, opened);
            if (ended) letGo(number);
            done(request, true);
        } else if (what == Ffi.SAFE_REQUEST_CLOSE) {
            letGo(number);
            done(request, true);
        } else {
            C connection = connections.get(number);
            if (connection == null) throw new IOException("the connection is not open");
            answer(connection, what, request);
        }
    }

    private void letGo(Long number) throws IOException {
        C connection = connections.remove(number);
        if (connection != null) connection.close(); // else another thread closes it
    }

    static void done(long request, boolean yes) throws SafeException {
        long[] error = new long[1];
        SafeException.check(Ffi.safe_request_done(request, yes ? 1 : 0, error), error);
    }

    static void give(long request, byte[] bytes) throws SafeException {
        long[] error = new long[1];
        SafeException.check(
            bytes == null ? Ffi.safe_request_none(request, error) : Ffi.safe_request_give(request, bytes, error), error);
    }

    static SafeException unknown(int what) {
        return new SafeException(Ffi.SAFE_UNSUPPORTED, "this package does not know requests of kind " + what);
    }

    /** The port is gone, and with it the requests that would have closed what is still open. */
    final void close() {
        ended = true;
        for (Long number : connections.keySet()) {
            try {
                letGo(number);
            } catch (IOException | RuntimeException nobodyWaits) {
                continue;
            }
        }
    }
}
