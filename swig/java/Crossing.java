package libsafe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Values on their way between Java and C. */
final class Crossing {
    private Crossing() {}

    /** UTF-8 ending in NUL; null stays null. */
    static byte[] text(String text) {
        if (text == null) return null;
        if (text.indexOf('\0') >= 0) throw new IllegalArgumentException("a text holds a NUL character");
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** What is between position and limit, in memory that does not move. */
    static ByteBuffer direct(ByteBuffer buffer) {
        if (buffer == null || buffer.isDirect()) return buffer == null ? null : buffer.slice();
        throw new IllegalArgumentException("an operation keeps the buffer, so it must be a direct one");
    }
}
