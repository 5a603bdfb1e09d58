package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import libsafe.SafeCode;
import libsafe.SafeException;
import org.junit.jupiter.api.Test;

/** What users see of the jar is ours and Java's, and nothing that was generated. */
class SurfaceTest {
    private static final List<String> PUBLIC = List.of(
        "Client", "ClientState", "ConnectOption", "Key", "Library", "Link", "Operation", "Operation$Progress", "Port", "PutOption", "Reader",
        "Receipt", "Receipt$Chunk", "RecordPage", "S1Encoder", "S1Encoder$Chunk", "S1Map", "SafeCode", "SafeException",
        "SafeRecord", "ServedVault", "ServedVault$Limit", "Store", "Store$Entry", "Store$Figures", "Store$Kind", "Store$Page", "Transport", "Vault", "Vault$Collected",
        "Vault$Info", "Vault$Item", "Vault$Verification", "Writer");

    private static List<Class<?>> classes() throws Exception {
        List<Class<?>> classes = new ArrayList<>();
        try (JarFile jar = new JarFile(Path.of(System.getProperty("safe.jar")).toFile())) {
            for (var entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                String name = entry.getName();
                assertFalse(name.contains("SWIG"), name);
                if (!name.endsWith(".class") || name.equals("module-info.class")) continue;
                classes.add(Class.forName(
                    name.replace('/', '.').replace(".class", ""), false, SurfaceTest.class.getClassLoader()));
            }
        }
        return classes;
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers()) && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }

    @Test
    void theseClassesArePublicAndNoOther() throws Exception {
        Set<String> found = new TreeSet<>();
        for (Class<?> type : classes()) {
            assertEquals("libsafe", type.getPackageName());
            if (isPublic(type)) found.add(type.getName().substring("libsafe.".length()));
        }
        assertEquals(new TreeSet<>(PUBLIC), found);
    }

    /** What strings(1) shows of all that is in the jars: of classes, of the native library, of sources and documentation. */
    @Test
    void nothingNamesWhatHasMadeIt() throws Exception {
        for (String ending : List.of(".jar", "-sources.jar", "-javadoc.jar")) {
            try (JarFile jar = new JarFile(System.getProperty("safe.jar").replace(".jar", ending))) {
                for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
                        assertFalse(text.contains("swig"), ending + " " + entry.getName());
                    }
                }
            }
        }
    }

    @Test
    void theDocumentationIsOfThePublicClasses() throws Exception {
        Set<String> found = new TreeSet<>();
        try (JarFile jar = new JarFile(System.getProperty("safe.jar").replace(".jar", "-javadoc.jar"))) {
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                String name = entry.getName();
                if (!name.matches("libsafe/libsafe/[^-]*[.]html")) continue;
                found.add(name.replaceAll(".*/|[.]html$", "").replace('.', '$'));
                try (InputStream in = jar.getInputStream(entry)) {
                    String page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                    assertFalse(page.contains("safe_") || page.contains("Ffi"), name);
                }
            }
        }
        assertEquals(new TreeSet<>(PUBLIC), found);
    }

    @Test
    void theySpeakOfPublicClassesOnly() throws Exception {
        for (Class<?> type : classes()) {
            if (!isPublic(type)) continue;
            List<Class<?>> used = new ArrayList<>(List.of(type.getInterfaces()));
            Class<?> base = type.getSuperclass();
            while (base != null && !isPublic(base)) base = base.getSuperclass(); // users do not see that there is another
            if (base != null) used.add(base);
            for (Field field : type.getFields()) used.add(field.getType());
            for (Constructor<?> constructor : type.getConstructors()) used.addAll(List.of(constructor.getParameterTypes()));
            for (Method method : type.getMethods()) {
                used.add(method.getReturnType());
                used.addAll(List.of(method.getParameterTypes()));
                assertFalse(method.getName().startsWith("safe_"), method.toString());
            }
            for (Class<?> each : used) {
                Class<?> plain = each;
                while (plain.isArray()) plain = plain.getComponentType();
                boolean ours = plain.getName().startsWith("libsafe.") && isPublic(plain);
                assertTrue(plain.isPrimitive() || plain.getName().startsWith("java.") || ours, type + " shows " + plain);
            }
        }
    }

    @Test
    void whatHasAnEndIsAutoCloseable() throws Exception {
        for (Class<?> type : classes()) {
            for (Field field : type.getDeclaredFields()) {
                if (!field.getType().getName().equals("libsafe.Handle")) continue;
                assertTrue(AutoCloseable.class.isAssignableFrom(type), type + " has a handle and no close");
                assertTrue(Modifier.isPrivate(field.getModifiers()) && Modifier.isFinal(field.getModifiers()), field.toString());
            }
        }
    }

    @Test
    void codesAreNamedAsTheyAreNumbered() throws Exception {
        Field[] codes = SafeCode.class.getFields();
        assertTrue(codes.length > 40);
        for (Field code : codes) {
            assertEquals("SAFE_" + code.getName(), new SafeException(code.getInt(null), "test").codeName());
        }
    }
}
