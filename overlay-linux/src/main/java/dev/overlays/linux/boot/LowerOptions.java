package dev.overlays.linux.boot;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.boot.OptionList.ListedOption;
import dev.overlays.linux.table.OptionString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lowers that options name, in the order in which the kernel takes the options: a {@code
 * lowerdir} is in place of all lowers before it, and none of the others may follow it. Source: the
 * kernel's fs/overlayfs/params.c, {@code ovl_parse_param_lowerdir} and {@code ovl_mount_dir_check}.
 */
final class LowerOptions {
  private final List<Path> lowers = new ArrayList<>();
  private final List<Path> dataLowers = new ArrayList<>();
  private boolean listed;

  void addTo(OverlaySpec.Builder builder) {
    lowers.forEach(builder::lower);
    dataLowers.forEach(builder::dataLower);
  }

  /** Takes {@code lowerdir}, and tells whether the kernel does. */
  boolean takeList(ListedOption option) {
    lowers.clear();
    dataLowers.clear();
    listed = !option.value().isEmpty();
    boolean data = false;
    boolean separated = true;
    for (byte[] part : OptionString.splitAtColons(ByteText.bytesOf(option.value()))) {
      if (part.length == 0) {
        if (separated) {
          return !listed;
        }
        data = true;
        separated = true;
      } else if ((data && !separated)
          || !addLowers(unescapeColons(part), data ? dataLowers : lowers)) {
        return false;
      } else {
        separated = false;
      }
    }
    return !separated || !listed;
  }

  /** Takes {@code lowerdir+}, which says a path as it is. */
  boolean takeLower(ListedOption option) {
    return !listed && dataLowers.isEmpty() && addLowers(option.value(), lowers);
  }

  /** Takes {@code datadir+}, which says a path as it is. */
  boolean takeDataLower(ListedOption option) {
    return !listed && addLowers(option.value(), dataLowers);
  }

  private static boolean addLowers(String name, List<Path> layers) {
    Optional<Path> path = ByteText.pathOf(name);
    path.ifPresent(layers::add);
    return path.isPresent();
  }

  private static String unescapeColons(byte[] value) {
    return ByteText.of(OptionString.unescapeValue(value));
  }
}
