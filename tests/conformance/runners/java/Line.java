package runner;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import libsafe.SafeException;

/** The lines that a runner reads and writes (README, "What a runner speaks"). */
final class Line {
    static Path folder;
    private static final AtomicInteger files = new AtomicInteger();

    final String number;
    final String operation;
    private final Map<String, String> arguments = new HashMap<>();

    Line(String line) {
        String[] words = line.split(" ");
        number = words[0];
        operation = words[1];
        for (String word : List.of(words).subList(2, words.length)) {
            int at = word.indexOf('=');
            String coded = word.substring(at + 1).replace("+", "%2B");
            arguments.put(word.substring(0, at), URLDecoder.decode(coded, StandardCharsets.UTF_8));
        }
    }

    String text(String key) {
        return arguments.get(key);
    }

    boolean has(String key) {
        return arguments.containsKey(key);
    }

    boolean flag(String key) {
        return "1".equals(text(key));
    }

    long number(String key, long otherwise) {
        return has(key) ? Long.parseLong(text(key)) : otherwise;
    }

    byte[] address(String key) {
        return hex(text(key));
    }

    byte[] bytes(String key) throws IOException {
        String given = text(key);
        return given.startsWith("x:") ? hex(given.substring(2)) : Files.readAllBytes(Path.of(given.substring(2)));
    }

    /** Bytes in the middle of a larger array. */
    record View(byte[] array, int from, int length) {
        byte[] copy() {
            return Arrays.copyOfRange(array, from, from + length);
        }
    }

    View view(String key) throws IOException {
        byte[] data = bytes(key);
        int before = (int) number("before", 0);
        byte[] array = new byte[before + data.length + (int) number("after", 0)];
        Arrays.fill(array, (byte) 0xaa);
        System.arraycopy(data, 0, array, before, data.length);
        return new View(array, before, data.length);
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** What is answered. */
    static final class Answer {
        private final StringBuilder said = new StringBuilder();
        private boolean failed;

        Answer put(String key, Object value) throws IOException {
            if (value instanceof Optional<?> maybe) return maybe.isPresent() ? put(key, maybe.get()) : this;
            if (value instanceof OptionalLong maybe) return maybe.isPresent() ? put(key, maybe.getAsLong()) : this;
            if (value == null) return this;
            said.append(' ').append(key).append('=');
            if (value instanceof byte[] bytes) said.append(crossing(bytes));
            else if (value instanceof Boolean yes) said.append(yes ? 1 : 0);
            else percent(value.toString());
            return this;
        }

        private static String crossing(byte[] bytes) throws IOException {
            if (bytes.length <= 1024) return "x:" + hex(bytes);
            Path path = folder.resolve("out-" + files.incrementAndGet());
            Files.write(path, bytes);
            return "f:" + path;
        }

        private void percent(String text) {
            for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
                boolean plain = one > 0 && (Character.isLetterOrDigit(one) || "/:.,-_~".indexOf(one) >= 0);
                said.append(plain ? String.valueOf((char) one) : String.format("%%%02X", one));
            }
        }

        /** A failure of the package as it is; one of Java's as what it stands for. */
        Answer failure(Throwable problem) throws IOException {
            failed = true;
            said.setLength(0);
            if (problem instanceof SafeException error) {
                put("name", error.codeName()).put("message", error.getMessage()).put("retryable", error.isRetryable());
                for (Map.Entry<String, Object> detail : error.details().entrySet()) put("detail." + detail.getKey(), detail.getValue());
                return this;
            }
            String name = switch (problem.getClass().getSimpleName()) {
                case "CancellationException" -> "SAFE_CANCELLED";
                case "ClosedChannelException" -> "SAFE_CLOSED";
                case "IllegalArgumentException", "NumberFormatException", "NullPointerException" -> "SAFE_INVALID_ARGUMENT";
                default -> throw new IllegalStateException("the runner's own mistake", problem);
            };
            return put("name", name).put("message", problem.toString());
        }

        String line(Line to) {
            return to.number + (failed ? " error" : " ok") + said;
        }
    }
}
