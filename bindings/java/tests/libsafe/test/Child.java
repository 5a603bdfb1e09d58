package libsafe.test;

import java.nio.ByteBuffer;
import libsafe.Client;
import libsafe.Library;
import libsafe.Link;
import libsafe.Reader;

/** A program of its own, for what ends a virtual machine. */
final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "version" -> System.out.println(Library.version());
            case "flight" -> flight(arguments[1]);
            case "forgotten" -> {
                Client client = Client.connect("mem:");
                client.newWriter().write(1);
                client.getAsync(client.put(new byte[10]).link()).get();
                System.out.println("end of main");
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** Ends with operations of all kinds in flight, and threads of this package at work. */
    private static void flight(String way) throws Exception {
        Client client = Client.connect("mem:");
        byte[] data = Content.random(2_000_000);
        Link link = client.put(data).link();
        Reader reader = client.open(link);
        for (int index = 0; index < 20; ++index) {
            client.putAsync(data).thenAccept(receipt -> client.getAsync(receipt.link()));
            reader.readAsync(0, ByteBuffer.allocateDirect(1_000_000));
            client.getAsync(link).thenAccept(bytes -> client.putAsync(bytes));
        }
        Thread blocked = new Thread(() -> {
            try {
                while (true) client.put(data);
            } catch (Exception ended) {
                throw new IllegalStateException(ended);
            }
        });
        blocked.setDaemon(true);
        blocked.start();
        System.out.println("end of main");
        if (way.equals("exit")) System.exit(0);
        if (way.equals("halt")) Runtime.getRuntime().halt(0);
    }
}
