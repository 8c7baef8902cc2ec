package dev.overlays.linux.union;

import dev.overlays.OverlaySpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which file each entry of a view is, and of which layer's age, again and again. Keys and devices
 * are numbered as they come, so that stories of two views can be compared.
 */
final class IdentityStory {
  private final OverlaySpec spec;
  private final Path root;
  private final Map<Object, Integer> keys = new HashMap<>();
  private final Map<Object, Integer> devices = new HashMap<>();
  private final List<String> lines = new ArrayList<>();

  IdentityStory(OverlaySpec spec, Path root) {
    this.spec = spec;
    this.root = root;
  }

  void tellStep(String step) throws IOException {
    List<Path> entries;
    try (Stream<Path> all = Files.walk(root)) {
      entries = all.sorted().toList();
    }
    for (Path entry : entries) {
      String name = root.relativize(entry).toString();
      lines.add(step + ": " + (name.isEmpty() ? "." : name) + " = " + identityText(entry, name));
    }
  }

  private String identityText(Path entry, String name) throws IOException {
    BasicFileAttributes basic =
        Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Object device = Files.getAttribute(entry, "unix:dev", LinkOption.NOFOLLOW_LINKS);
    return number(devices, device)
        + "/"
        + number(keys, basic.fileKey())
        + " of "
        + layersText(name, basic);
  }

  private static int number(Map<Object, Integer> known, Object what) {
    return known.computeIfAbsent(what, unseen -> known.size());
  }

  /** The layer whose entry of that name is as old; of a moved directory, none has to be. */
  private String layersText(String name, BasicFileAttributes shown) throws IOException {
    List<Path> layers = new ArrayList<>(spec.upper().stream().toList());
    layers.addAll(spec.lowers());
    for (Path layer : layers) {
      Path entry = layer.resolve(name);
      if (Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
        Object birth = Files.getAttribute(entry, "creationTime", LinkOption.NOFOLLOW_LINKS);
        return birth.equals(shown.creationTime())
            ? layer.getFileName().toString()
            : "no layer: " + shown.creationTime();
      }
    }
    return "somewhere else";
  }

  /** What a story tells of a step, by names. */
  static Map<String, String> entriesAfter(String story, String step) {
    Map<String, String> entries = new LinkedHashMap<>();
    story
        .lines()
        .filter(line -> line.startsWith(step + ": "))
        .map(line -> line.substring(step.length() + 2).split(" = ", -1))
        .forEach(parts -> entries.put(parts[0], parts[1]));
    return entries;
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
