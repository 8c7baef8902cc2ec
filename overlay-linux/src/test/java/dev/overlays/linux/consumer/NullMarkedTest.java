package dev.overlays.linux.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is exported to everybody says that it neither takes nor returns null. */
class NullMarkedTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern EXPORTED = Pattern.compile("(?m)^  exports ([\\w.]+);$");

  private static String descriptorOf(String module) throws IOException {
    return Files.readString(ROOT.resolve(module).resolve("src/main/java/module-info.java"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlay-api", "overlay-linux", "overlay-merge", "overlay-testkit"})
  void everyExportedPackageIsNullMarked(String module) throws Exception {
    List<String> exported = new ArrayList<>();
    for (Matcher found = EXPORTED.matcher(descriptorOf(module)); found.find(); ) {
      exported.add(found.group(1));
    }
    assertTrue(exported.size() > 1, exported::toString);
    List<String> unmarked = new ArrayList<>();
    for (String name : exported) {
      if (!Class.forName(name + ".package-info").isAnnotationPresent(NullMarked.class)) {
        unmarked.add(name);
      }
    }
    assertEquals(List.of(), unmarked);
  }

  /** With "transitive", modules of users would not compile without the annotations. */
  @Test
  void noModuleHandsTheAnnotationsOn() throws IOException {
    for (String module : List.of("overlay-api", "overlay-linux", "overlay-merge")) {
      assertTrue(descriptorOf(module).contains("\n  requires static org.jspecify;\n"), module);
    }
  }
}
