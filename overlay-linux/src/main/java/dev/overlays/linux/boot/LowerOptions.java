package dev.overlays.linux.boot;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.boot.OptionList.ListedOption;
import dev.overlays.linux.table.OptionString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects lowers from options as the kernel does: a {@code lowerdir} replaces all lowers before
 * it, and no {@code lowerdir+} or {@code datadir+} may follow it. Source: the kernel's
 * fs/overlayfs/params.c, {@code ovl_parse_param_lowerdir} and {@code ovl_mount_dir_check}.
 */
final class LowerOptions {
  private final List<Path> lowers = new ArrayList<>();
  private final List<Path> dataLowers = new ArrayList<>();
  private boolean hasList;

  void addTo(OverlaySpec.Builder builder) {
    lowers.forEach(builder::lower);
    dataLowers.forEach(builder::dataLower);
  }

  /** Takes {@code lowerdir}; false if the kernel refuses it. */
  boolean applyList(ListedOption option) {
    lowers.clear();
    dataLowers.clear();
    hasList = !option.value().isEmpty();
    boolean data = false;
    boolean separated = true;
    for (byte[] part : OptionString.splitAtColons(ByteText.bytesOf(option.value()))) {
      if (part.length == 0) {
        if (separated) {
          return !hasList;
        }
        data = true;
        separated = true;
      } else if ((data && !separated)
          || !addLower(unescapePath(part), data ? dataLowers : lowers)) {
        return false;
      } else {
        separated = false;
      }
    }
    return !separated || !hasList;
  }

  /** Takes {@code lowerdir+}, whose path is not escaped; false if the kernel refuses it. */
  boolean takeLower(ListedOption option) {
    return !hasList && dataLowers.isEmpty() && addLower(option.value(), lowers);
  }

  /** Takes {@code datadir+}, whose path is not escaped; false if the kernel refuses it. */
  boolean takeDataLower(ListedOption option) {
    return !hasList && addLower(option.value(), dataLowers);
  }

  private static boolean addLower(String name, List<Path> layers) {
    Optional<Path> path = ByteText.pathOf(name);
    path.ifPresent(layers::add);
    return path.isPresent();
  }

  private static String unescapePath(byte[] value) {
    return ByteText.of(OptionString.unescapeValue(value));
  }
}
