package dev.overlays.linux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The jar of the program carries the notices of the libraries that it contains. */
class ProgramNoticeTest {
  private static final Pattern CONTAINED =
      Pattern.compile("<include>(?!dev\\.overlays)[\\w.-]+:([\\w.-]+)(:jar)?</include>");

  private static Set<String> containedArtifacts() throws IOException {
    Set<String> artifacts = new HashSet<>();
    Matcher found = CONTAINED.matcher(Files.readString(Path.of("src/cli/assembly.xml")));
    while (found.find()) {
      artifacts.add(found.group(1));
    }
    return artifacts;
  }

  private static Set<String> linesOf(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.toSet());
  }

  private static String noticeIn(JarFile jar) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
      JarEntry entry = all.nextElement();
      if (entry.getName().matches("META-INF/NOTICE[^/]*")) {
        text.append(new String(jar.getInputStream(entry).readAllBytes(), UTF_8)).append('\n');
      }
    }
    return text.toString();
  }

  @Test
  void theNoticeHasThoseOfTheLibraries() throws IOException {
    Set<String> said = linesOf(Files.readString(Path.of("src/cli/NOTICE")));
    Set<String> missing = new HashSet<>(containedArtifacts());
    List<String> unsaid = new ArrayList<>();
    int notices = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      String artifact = Path.of(entry).getFileName().toString().replaceFirst("-\\d.*", "");
      if (missing.remove(artifact)) {
        try (JarFile jar = new JarFile(entry)) {
          Set<String> lines = linesOf(noticeIn(jar));
          notices += lines.isEmpty() ? 0 : 1;
          lines.stream().filter(line -> !said.contains(line)).forEach(unsaid::add);
        }
      }
    }
    assertEquals(Set.of(), missing, "not on the class path");
    assertTrue(notices >= 8, "only " + notices + " libraries have a notice");
    assertEquals(List.of(), unsaid);
  }
}
