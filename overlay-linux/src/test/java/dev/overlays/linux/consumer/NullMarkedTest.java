package dev.overlays.linux.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What is exported to everybody says that it neither takes nor returns null. */
class NullMarkedTest {
  private static List<ModuleDescriptor> descriptors() throws IOException {
    List<ModuleDescriptor> own = new ArrayList<>();
    ClassLoader loader = NullMarkedTest.class.getClassLoader();
    for (URL url : Collections.list(loader.getResources("module-info.class"))) {
      try (InputStream in = url.openStream()) {
        ModuleDescriptor descriptor = ModuleDescriptor.read(in);
        if (descriptor.name().startsWith("dev.overlays.")) {
          own.add(descriptor);
        }
      }
    }
    return own;
  }

  @Test
  void everyExportedPackageIsNullMarked() throws IOException, ClassNotFoundException {
    List<ModuleDescriptor> descriptors = descriptors();
    Set<String> names = new HashSet<>();
    List<String> unmarked = new ArrayList<>();
    for (ModuleDescriptor descriptor : descriptors) {
      names.add(descriptor.name());
      for (Exports exports : descriptor.exports()) {
        if (!exports.isQualified() && !isNullMarked(exports.source())) {
          unmarked.add(exports.source());
        }
      }
    }
    assertTrue(
        names.containsAll(
            Set.of(
                "dev.overlays.api",
                "dev.overlays.linux",
                "dev.overlays.merge",
                "dev.overlays.testkit")),
        names::toString);
    assertEquals(List.of(), unmarked);
  }

  private static boolean isNullMarked(String packageName) throws ClassNotFoundException {
    return Class.forName(packageName + ".package-info").isAnnotationPresent(NullMarked.class);
  }
}
