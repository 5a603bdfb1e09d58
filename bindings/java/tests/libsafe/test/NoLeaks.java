package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertEquals;

import libsafe.Library;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After each test nothing of the library is left, without the garbage collector's help. */
final class NoLeaks implements AfterEachCallback {
    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        assertEquals(0, liveAfter(60_000), "live handles");
    }

    /** The number of handles when it is 0 or the time is over; cancelled operations take a moment to end. */
    static long liveAfter(long milliseconds) throws InterruptedException {
        long until = System.nanoTime() + milliseconds * 1_000_000;
        while (Library.liveHandles() != 0 && System.nanoTime() < until) Thread.sleep(5);
        return Library.liveHandles();
    }
}
