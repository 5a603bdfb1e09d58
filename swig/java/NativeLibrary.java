package libsafe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * Finds and loads the native library, once.
 *
 * <p>It is, in this order: the file that the system property {@code libsafe.library} names; the one in the jar for this
 * platform, extracted under a name with its version into a folder that nobody else can write to and that is gone again when
 * the library is loaded; {@code safe_java} on {@code java.library.path}.
 */
final class NativeLibrary {
    static final String PROPERTY = "libsafe.library";

    private NativeLibrary() {}

    static void load() {
        String chosen = System.getProperty(PROPERTY);
        if (chosen != null) {
            System.load(Path.of(chosen).toAbsolutePath().toString());
        } else if (!loadFromJar()) {
            loadFromPath();
        }
        if (FfiJNI.safe_abi_version() != Ffi.SAFE_ABI_VERSION) {
            throw new UnsatisfiedLinkError("the native library of libsafe has ABI " + FfiJNI.safe_abi_version()
                + ", but these classes were built for ABI " + Ffi.SAFE_ABI_VERSION + "; use the library of the same package");
        }
    }

    /** For example "linux-x86_64". */
    static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return system.replaceAll("[^a-z0-9]", "") + "-" + ("amd64".equals(machine) ? "x86_64" : machine);
    }

    private static boolean loadFromJar() {
        String name = System.mapLibraryName("safe_java");
        try (InputStream library = NativeLibrary.class.getResourceAsStream("native/" + platform() + "/" + name)) {
            if (library == null) return false;
            Path folder = Files.createTempDirectory("libsafe-" + version() + "-");
            Path file = folder.resolve(name);
            try {
                Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
                System.load(file.toString());
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(folder);
            }
            return true;
        } catch (IOException | UnsatisfiedLinkError problem) {
            throw failed("cannot load the native library in the jar for " + platform() + ": " + problem.getMessage()
                + "; if " + System.getProperty("java.io.tmpdir") + " is full, read-only or forbids programs, name another"
                + " folder with -Djava.io.tmpdir, or the extracted library with -D" + PROPERTY, problem);
        }
    }

    private static void loadFromPath() {
        try {
            System.loadLibrary("safe_java");
        } catch (UnsatisfiedLinkError problem) {
            throw failed("this package of libsafe has no native library for " + platform() + ", and there is none on"
                + " java.library.path; build libsafe on this platform, or name the library with -D" + PROPERTY, problem);
        }
    }

    private static String version() {
        return Ffi.SAFE_VERSION_MAJOR + "." + Ffi.SAFE_VERSION_MINOR + "." + Ffi.SAFE_VERSION_PATCH;
    }

    private static UnsatisfiedLinkError failed(String message, Throwable cause) {
        UnsatisfiedLinkError error = new UnsatisfiedLinkError(message);
        error.initCause(cause);
        return error;
    }
}
