package libsafe;

/** The library's unsigned numbers are Java's signed ones, checked: none is ever taken for another. */
final class Numbers {
    private Numbers() {}

    static long notNegative(long number, String name) {
        if (number < 0) throw new IllegalArgumentException(name + " is negative: " + number);
        return number;
    }

    /** What the library says; above 2^63 it fits into no long. */
    static long checked(long number) {
        if (number < 0) throw new ArithmeticException("does not fit into a long: " + Long.toUnsignedString(number));
        return number;
    }
}
