package libsafe.test;

import java.util.Random;

/** Content for tests, the same for the same seed. */
final class Content {
    private static final long SEED = seed();

    private Content() {}

    private static long seed() {
        String given = System.getenv("SAFE_SEED");
        long seed = given == null ? 1 : Long.parseLong(given);
        System.out.println("seed " + seed);
        return seed;
    }

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(SEED + size).nextBytes(bytes);
        return bytes;
    }

    /** The count that we promise with SAFE_SCALE=full, else one that fits into minutes. */
    static int scaled(int quick, int full) {
        return "full".equals(System.getenv("SAFE_SCALE")) ? full : quick;
    }
}
