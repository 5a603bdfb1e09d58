import com.sun.management.ThreadMXBean;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import libsafe.Client;
import libsafe.Library;
import libsafe.Link;
import libsafe.PutOption;
import libsafe.Writer;

/** The Java package: Bench FILE arrays|direct [DIVISOR]. Instead of allocations it says how many bytes of the heap a call takes. */
public final class Bench {
    private static final int PIECE = 1 << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private interface Call {
        void run() throws Exception;
    }

    private static String measured(String name, int calls, Call call) throws Exception {
        double best = Double.MAX_VALUE;
        long taken = 0;
        for (int round = 0; round < 400; ++round) { // the first ones are before compilation
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            long begun = System.nanoTime();
            for (int number = 0; number < calls; ++number) call.run();
            best = Math.min(best, System.nanoTime() - begun);
            taken = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        }
        return String.format(Locale.ROOT, "\"%s\": {\"ns\": %.1f, \"heap\": %.0f}", name, best / calls, (double) taken / calls);
    }

    private static double fastest(Call work) throws Exception {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 4; ++round) {
            long begun = System.nanoTime();
            work.run();
            best = Math.min(best, System.nanoTime() - begun);
        }
        return best / 1e9;
    }

    private static Link write(Client client, byte[] content, ByteBuffer direct, PutOption... how) throws Exception {
        Writer writer = client.newWriter(how);
        for (int at = 0; at < content.length; at += PIECE) {
            int size = Math.min(PIECE, content.length - at);
            if (direct == null) {
                writer.write(content, at, size);
            } else {
                writer.write(direct.duplicate().position(at).limit(at + size));
            }
        }
        return writer.finish().link();
    }

    private static void read(Client client, Link link, boolean direct) throws Exception {
        if (direct) {
            ByteBuffer room = ByteBuffer.allocateDirect(PIECE);
            try (SeekableByteChannel channel = client.newByteChannel(link)) {
                while (channel.read(room) > 0) room.clear();
            }
        } else {
            byte[] room = new byte[PIECE];
            try (InputStream in = client.newInputStream(link)) {
                while (in.read(room) > 0) continue;
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        byte[] content = Files.readAllBytes(Path.of(arguments[0]));
        boolean isDirect = arguments[1].equals("direct");
        ByteBuffer direct = isDirect ? ByteBuffer.allocateDirect(content.length).put(content).flip() : null;
        int by = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
        try (Client client = Client.connect("mem:")) {
            Link link = write(client, content, direct, PutOption.PRIVATE);
            String text = link.text();
            byte[] address = new byte[32];
            String calls = String.join(", ",
                measured("empty", 20_000 / by, Library::versionNumber),
                measured("link", 250 / by, () -> Link.parse(text)),
                measured("operation", 50 / by, () -> client.chunkExists(address)));
            double writing = fastest(() -> write(client, content, direct, PutOption.PRIVATE, PutOption.DRY_RUN));
            double reading = fastest(() -> read(client, link, isDirect));
            System.out.printf(Locale.ROOT, "{%s, \"write\": %.6f, \"read\": %.6f}%n", calls, writing, reading);
        }
    }
}
