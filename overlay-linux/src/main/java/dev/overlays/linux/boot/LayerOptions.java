package dev.overlays.linux.boot;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.context.LayerNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the layers of a spec as options that every version of mount(8) reads alike.
 *
 * <p>All lowers go into one {@code lowerdir}, which every kernel knows. Since util-linux 2.39
 * values are passed by fsconfig(2), which takes at most 255 bytes. Longer lists become one {@code
 * lowerdir+} per layer, which the kernel reads without any escaping.
 *
 * <p>A comma in a name gets a backslash. Up to 2.38 mount(8) ignores the backslash and splits
 * there, but passes the parts to the kernel side by side, and the kernel joins them, unless
 * mount(8) takes a part for its own option. A part with a slash before any {@code =} is never an
 * option, so a name whose last part has no slash gets one at its end. Since 2.39.3 mount(8) reads
 * backslashes before commas, but then drops all other backslashes of the value, too. (2.39.0 to
 * 2.39.2 refuse to mount.) Sources: ul_optstr_next in util-linux's lib/strutils.c,
 * fsconfig_set_value in libmount/src/hook_mount.c.
 */
final class LayerOptions {
  /** FSCONFIG_SET_STRING takes less than 256 bytes. Source: fsconfig(2) in the kernel. */
  private static final int MAX_VALUE_BYTES = 255;

  private final MountSupport program;
  private final List<Problem> problems;
  private final List<String> options = new ArrayList<>();

  private LayerOptions(MountSupport program, List<Problem> problems) {
    this.program = program;
    this.problems = problems;
  }

  static List<String> of(OverlaySpec spec, MountSupport program, List<Problem> problems) {
    LayerOptions layers = new LayerOptions(program, problems);
    layers.addLowers(spec);
    spec.upper().ifPresent(upper -> layers.addLayer("upperdir", ByteText.of(upper), upper));
    spec.work().ifPresent(work -> layers.addLayer("workdir", ByteText.of(work), work));
    return layers.options;
  }

  private void addLowers(OverlaySpec spec) {
    String list = ByteText.of(LayerNames.of(spec));
    if (list.length() <= MAX_VALUE_BYTES || !program.takesSingleLowers()) {
      addLayer("lowerdir", list, spec.lowers().get(0));
      return;
    }
    spec.lowers().forEach(lower -> addSingleLower("lowerdir+", lower));
    spec.dataLowers().forEach(lower -> addSingleLower("datadir+", lower));
  }

  /** Adds a single lower. Such a value has no escaping, so it cannot contain a comma. */
  private void addSingleLower(String key, Path lower) {
    String name = ByteText.of(lower);
    if (name.indexOf(',') >= 0) {
      problems.add(
          tooLongProblem(
              lower,
              "The names of the lowers together have more than 255 bytes, and one by one they may"
                  + " not contain a comma"));
    } else {
      checkLength(key, name, lower);
      options.add(key + "=" + name);
    }
  }

  private void addLayer(String key, String value, Path path) {
    String escaped = value.replace(",", "\\,");
    if (value.indexOf(',') >= 0) {
      if (value.indexOf('\\') >= 0) {
        problems.add(
            BootNameCheck.misreadProblem(
                path, "mount(8) would drop the backslash before a colon where there is a comma"));
      }
      String end = escaped.substring(escaped.lastIndexOf(',') + 1);
      escaped += end.indexOf('/') < 0 ? "/" : "";
      firstOptionIn(escaped)
          .ifPresent(
              part ->
                  problems.add(
                      BootNameCheck.misreadProblem(
                          path,
                          "mount(8) would take \""
                              + ByteText.readableText(part)
                              + "\" after a comma of the name for an option")));
    }
    checkLength(key, escaped, path);
    options.add(key + "=" + escaped);
  }

  /** Returns the first part after a comma that mount(8) may take for an option. */
  private static Optional<String> firstOptionIn(String value) {
    String[] parts = value.split(",", -1);
    for (int i = 1; i < parts.length; i++) {
      int slash = parts[i].indexOf('/');
      int equals = parts[i].indexOf('=');
      boolean named = slash < 0 || (equals >= 0 && equals < slash);
      if (named || parts[i].startsWith("x-") || parts[i].startsWith("X-")) {
        return Optional.of(parts[i]);
      }
    }
    return Optional.empty();
  }

  private void checkLength(String key, String value, Path path) {
    if (value.length() > MAX_VALUE_BYTES && !program.takesLongValues()) {
      problems.add(tooLongProblem(path, "The value of " + key + " has more than 255 bytes"));
    }
  }

  private static Problem tooLongProblem(Path path, String what) {
    return Problem.of(
        ProblemCode.BOOT_ENTRY_TOO_LONG,
        path,
        what + ", which mount(8) of util-linux 2.39 and later cannot pass on.",
        "Name the layers by shorter paths, for example by symbolic links.");
  }
}
