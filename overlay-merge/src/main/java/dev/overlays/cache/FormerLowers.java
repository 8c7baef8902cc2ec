package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The lowers that were replaced and are kept, as {@code old-1} and so on, in the directory beside a
 * lower.
 *
 * @param directory the path of the directory
 * @param inside the directory
 */
record FormerLowers(Path directory, LayerDirectory inside) {
  private static final String PREFIX = "old-";

  /** Returns the next name. */
  Name freeName() throws IOException {
    List<Path> former = listFormer(directory);
    int last = former.isEmpty() ? 0 : numberOf(former.get(former.size() - 1));
    return Name.of(PREFIX + (last + 1));
  }

  /** Lists those in a directory, which need not exist, the oldest first. */
  static List<Path> listFormer(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (var entries = Files.list(directory)) {
      return entries
          .filter(entry -> isOne(entry.getFileName().toString()))
          .sorted(Comparator.comparing(FormerLowers::numberOf))
          .toList();
    }
  }

  static boolean isOne(String name) {
    return name.matches(PREFIX + "[1-9][0-9]{0,8}");
  }

  private static int numberOf(Path former) {
    return Integer.parseInt(former.getFileName().toString().substring(PREFIX.length()));
  }

  /**
   * Removes those that no view uses any more.
   *
   * @param cacheView a view of the cache, for its marks
   * @param unfinished returns the name of something that the next run removes if this one is killed
   * @return a notice for each that stays, which names who uses it
   */
  List<Problem> removeUnused(OverlaySpec cacheView, Function<String, Name> unfinished)
      throws IOException {
    List<Problem> notices = new ArrayList<>();
    for (Path former : listFormer(directory)) {
      OverlaySpec view =
          OverlaySpec.builder()
              .ephemeral()
              .lower(former)
              .options(options -> options.withUserXattr(cacheView.options().userXattr()))
              .build();
      try (Closeable claim = LayerStore.of(former).claim(view)) {
        Objects.requireNonNull(claim);
        String name = former.getFileName().toString();
        Name gone = unfinished.apply(name);
        inside.rename(Name.of(name), inside, gone);
        LayerEntries.removeTree(inside, gone);
      } catch (OverlayException e) {
        notices.add(createNotice(former, " " + e.problems().get(0).message()));
      }
    }
    return notices;
  }

  static Problem createNotice(Path former, String reason) {
    return Problem.of(
        ProblemCode.CACHE_LOWER_KEPT,
        former,
        "This former lower is kept, as views may still use it." + reason,
        "The next follow removes it when no view uses it; copy from it what is missing.");
  }
}
