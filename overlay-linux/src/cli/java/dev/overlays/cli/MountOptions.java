package dev.overlays.cli;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayOptions;
import dev.overlays.Overlays;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options of an overlay, in the kernel's words, as mount(8) takes them. */
final class MountOptions {
  @Option(
      names = {"-o", "--options"},
      split = ",",
      paramLabel = "NAME[=VALUE]",
      description =
          "Options of the overlay: index, nfs_export, redirect_dir, metacopy, xino, uuid, verity,"
              + " volatile, override_creds, userxattr. An ordinary user has userxattr without"
              + " saying so; userxattr=off is the opposite.")
  private List<String> words = new ArrayList<>();

  /** Returns the options; throws IllegalArgumentException if one is unknown. */
  OverlayOptions readOptions() {
    OverlayOptions options = OverlayOptions.defaults();
    if (words.stream().noneMatch(word -> word.startsWith("userxattr"))) {
      options = options.withUserXattr(!isKernelUsable());
    }
    for (String word : words) {
      String[] parts = word.split("=", 2);
      options = withOption(options, parts[0], parts.length > 1 ? parts[1] : "on");
    }
    return options;
  }

  /** Only the kernel's backend may keep marks where root alone can see them. */
  static boolean isKernelUsable() {
    return Overlays.backends().stream()
        .filter(backend -> backend.name().equals("kernel"))
        .map(OverlayBackend::whyUnavailable)
        .anyMatch(reason -> reason.isEmpty());
  }

  private static OverlayOptions withOption(OverlayOptions options, String name, String value) {
    return switch (name) {
      case "index" -> options.withIndex(isOn(name, value));
      case "nfs_export" -> options.withNfsExport(isOn(name, value));
      case "metacopy" -> options.withMetacopy(isOn(name, value));
      case "volatile" -> options.withVolatileUpper(isOn(name, value));
      case "override_creds" -> options.withOverrideCreds(isOn(name, value));
      case "userxattr" -> options.withUserXattr(isOn(name, value));
      case "redirect_dir" -> options.withRedirectDir(modeOf(RedirectDir.class, name, value));
      case "xino" -> options.withXino(modeOf(Xino.class, name, value));
      case "uuid" -> options.withUuid(modeOf(UuidMode.class, name, value));
      case "verity" -> options.withVerity(modeOf(Verity.class, name, value));
      default -> throw new IllegalArgumentException("there is no option \"" + name + "\"");
    };
  }

  private static boolean isOn(String name, String value) {
    return switch (value) {
      case "on" -> true;
      case "off" -> false;
      default -> throw new IllegalArgumentException(name + " is on or off, not \"" + value + "\"");
    };
  }

  private static <E extends Enum<E>> E modeOf(Class<E> type, String name, String value) {
    return Arrays.stream(type.getEnumConstants())
        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    name
                        + " is one of "
                        + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)
                        + ", not \""
                        + value
                        + "\""));
  }
}
