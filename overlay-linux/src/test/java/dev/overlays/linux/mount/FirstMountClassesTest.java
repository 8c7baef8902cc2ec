package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.bench.FirstMountProgram;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The first mount of a new JVM costs what its classes cost, those most that the JVM has to generate
 * for lambdas, method handles and records.
 */
class FirstMountClassesTest {
  private static final int FIRST_FOREIGN_RELEASE = 22;

  /** Each takes a quarter of a millisecond at least, even in interpreted code. */
  private static final int MOST_OWN_CLASSES = 112;

  /** For java.lang.foreign the JDK itself needs about 44 (JDK 25.0.1), and JNA about 16. */
  private static final int MOST_LAMBDA_FORMS = 50;

  /** What a plain mount has no use for. */
  private static final List<String> UNNEEDED =
      List.of(
          "dev.overlays.copy.",
          "dev.overlays.linux.boot.",
          "dev.overlays.linux.fuse.",
          "dev.overlays.linux.layer.NativeDirectory",
          "dev.overlays.linux.live.",
          "dev.overlays.linux.namespace.",
          "dev.overlays.linux.process.",
          "dev.overlays.linux.rootless.",
          "dev.overlays.linux.runtime.",
          "dev.overlays.merge.",
          "java.lang.runtime.ObjectMethods",
          "java.util.concurrent.atomic.AtomicIntegerFieldUpdater");

  /** What JNA needs itself. */
  private static final List<String> UNNEEDED_BY_FOREIGN_CALLS =
      List.of(
          "com.sun.jna.",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessImpl",
          "java.lang.reflect.Proxy",
          "java.security.SecureRandom",
          "java.util.logging.",
          "java.util.regex.",
          "jdk.internal.logger.");

  private static List<String> loadClasses() throws IOException, URISyntaxException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      sandbox.newLayers();
      Path log = sandbox.path("classes.txt");
      Sandbox.run(
          ChildJvm.javaProgram(),
          "--enable-native-access=ALL-UNNAMED",
          "-Xlog:class+load:file=" + log + "::filecount=0",
          "-cp",
          ownClassPath(),
          FirstMountProgram.class.getName(),
          sandbox.root().toString());
      // A line: [0.123s][info][class,load] java.lang.Object source: shared objects file
      return Files.readAllLines(log).stream()
          .map(line -> line.replaceFirst(".*class,load *\\] (\\S+) .*", "$1"))
          .toList();
    }
  }

  /** The library without the test kit, whose backend would be asked as well. */
  private static String ownClassPath() throws IOException, URISyntaxException {
    Set<String> entries = new TreeSet<>();
    for (Class<?> type : List.of(OverlaySpec.class, KernelBackend.class, FirstMountProgram.class)) {
      entries.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    Stream<String> jna =
        ChildJvm.classPath().stream()
            .filter(entry -> entry.matches(".*" + File.separator + "jna-[0-9.]+\\.jar"));
    return Stream.concat(entries.stream(), jna).collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean beginsWithAny(String type, List<String> prefixes) {
    return prefixes.stream().anyMatch(type::startsWith);
  }

  @Test
  void plainMountLoadsAndGeneratesNoMoreClassesThanItNeeds() throws Exception {
    List<String> loaded = loadClasses();
    assertTrue(loaded.contains("dev.overlays.linux.mount.KernelMount"), loaded::toString);
    List<String> unneeded = new ArrayList<>(UNNEEDED);
    if (Runtime.version().feature() >= FIRST_FOREIGN_RELEASE) {
      unneeded.addAll(UNNEEDED_BY_FOREIGN_CALLS);
    }
    assertEquals(List.of(), loaded.stream().filter(type -> beginsWithAny(type, unneeded)).toList());
    List<String> lambdas =
        loaded.stream()
            .filter(type -> type.startsWith("dev.overlays.") && type.contains("$$Lambda"))
            .toList();
    assertEquals(List.of(), lambdas);
    List<String> own = loaded.stream().filter(type -> type.startsWith("dev.overlays.")).toList();
    assertTrue(own.size() <= MOST_OWN_CLASSES, () -> own.size() + ": " + own);
    // Those of the JDK's own archive have no address.
    List<String> forms =
        loaded.stream()
            .filter(type -> type.matches("java\\.lang\\.invoke\\.LambdaForm\\$\\w+/0x.*"))
            .toList();
    assertTrue(forms.size() <= MOST_LAMBDA_FORMS, () -> forms.size() + ": " + forms);
  }
}
