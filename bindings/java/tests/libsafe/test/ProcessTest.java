package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a virtual machine begins and ends with the library in it. */
@Timeout(1800)
class ProcessTest {
    private static final Path JAR = Path.of(System.getProperty("safe.jar"));

    @TempDir
    Path folder;

    private record Result(int status, String out) {}

    /** Runs Java; the temporary folder of its own must be empty afterwards. */
    private Result java(String... arguments) throws Exception {
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        List<String> command = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
            "-Djava.io.tmpdir=" + temporary, "-XX:ErrorFile=" + folder.resolve("crash.log"), "-cp",
            JAR + File.pathSeparator + System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
            .redirectOutput(out.toFile()).start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("hangs: " + String.join(" ", arguments) + "\n" + Files.readString(out));
        }
        try (Stream<Path> left = Files.list(temporary)) {
            List<Path> ours = left.filter(path -> path.getFileName().toString().startsWith("libsafe")).toList();
            assertEquals(List.of(), ours, "left behind");
        }
        return new Result(process.exitValue(), Files.readString(out));
    }

    private Result child(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "libsafe.test.Child";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return java(all);
    }

    @Test
    void endsWithOperationsInFlight() throws Exception {
        int rounds = Content.scaled(4, 34);
        for (int round = 0; round < rounds; ++round) {
            for (String way : new String[] {"return", "exit", "halt"}) {
                Result result = child("flight", way);
                assertEquals(0, result.status(), result.out());
                assertEquals("end of main", result.out().lines().reduce((first, last) -> last).orElse(""), result.out());
            }
        }
        System.out.println(3 * rounds + " rounds");
    }

    @Test
    void nothingForgottenKeepsItAlive() throws Exception {
        assertEquals("end of main\n", child("forgotten").out());
    }

    @Test
    void theLibraryIsTheOneInTheJar() throws Exception {
        Result result = child("version");
        assertEquals(0, result.status(), result.out());
        assertTrue(result.out().matches("\\d+\\.\\d+\\.\\d+\n"), result.out());
    }

    @Test
    void thePropertyNamesAnotherFile() throws Exception {
        Path library = folder.resolve("extracted.so");
        try (JarFile jar = new JarFile(JAR.toFile())) {
            var entry = jar.stream().filter(each -> each.getName().startsWith("libsafe/native/") && !each.isDirectory())
                .findFirst().orElseThrow();
            try (InputStream in = jar.getInputStream(entry)) {
                Files.copy(in, library);
            }
        }
        assertEquals(0, java("-Dlibsafe.library=" + library, "libsafe.test.Child", "version").status());
        Result wrong = java("-Dlibsafe.library=" + folder.resolve("nothing.so"), "libsafe.test.Child", "version");
        assertTrue(wrong.status() != 0 && wrong.out().contains("nothing.so"), wrong.out());
    }

    @Test
    void whatIsMissingIsSaid() throws Exception {
        Result other = java("-Dos.arch=riscv64", "libsafe.test.Child", "version");
        assertTrue(other.out().contains("no native library for linux-riscv64"), other.out());
        assertTrue(other.out().contains("libsafe.library"), other.out());
        Result nowhere = java("-Djava.io.tmpdir=" + folder.resolve("no such folder"), "libsafe.test.Child", "version");
        assertTrue(nowhere.out().contains("-Djava.io.tmpdir"), nowhere.out());
    }

    @Test
    void itIsAModule() throws Exception {
        Result described = java("--module-path", JAR.toString(), "--describe-module", "libsafe");
        assertTrue(described.out().contains("exports libsafe\n"), described.out());
        assertEquals(1, described.out().lines().filter(line -> line.startsWith("exports")).count(), described.out());
    }

    /** As in servers that reload applications: each class loader has a library of its own. */
    @Test
    void twoClassLoadersInOneMachine() throws Exception {
        URL[] jar = {JAR.toUri().toURL()};
        for (int round = 0; round < 3; ++round) {
            try (URLClassLoader first = new URLClassLoader(jar, ClassLoader.getPlatformClassLoader());
                 URLClassLoader second = new URLClassLoader(jar, ClassLoader.getPlatformClassLoader())) {
                for (ClassLoader loader : new ClassLoader[] {first, second}) {
                    Class<?> client = loader.loadClass("libsafe.Client");
                    Object none = Array.newInstance(loader.loadClass("libsafe.ConnectOption"), 0);
                    Method connect = client.getMethod("connect", String.class, none.getClass());
                    ((AutoCloseable) connect.invoke(null, "mem:", none)).close();
                }
            }
            System.gc();
        }
    }
}
