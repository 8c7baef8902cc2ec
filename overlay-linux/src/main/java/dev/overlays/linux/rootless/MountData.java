package dev.overlays.linux.rootless;

import dev.overlays.MountAttribute;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.context.KernelOptions;
import dev.overlays.linux.context.LayerNames;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What mount(8) gets after {@code -o}: the properties of the mount, the layers, the options.
 *
 * @param lowers the names of the lowers
 * @param upper the name of the upper
 * @param work the name of the work directory
 */
record MountData(List<byte[]> lowers, Optional<byte[]> upper, Optional<byte[]> work) {
  /** Beyond this mount(2) cuts the string off, and may mount other directories than were meant. */
  private static final int LONGEST = 4095;

  /**
   * Whether mount(8) and the kernel read it as it is meant. The former takes quotes for its own,
   * and loses a comma behind another one even when there are backslashes.
   */
  boolean isSafe(OverlaySpec spec) {
    return lowers.stream().allMatch(MountData::isPlain)
        && upper.stream().allMatch(MountData::isPlain)
        && work.stream().allMatch(MountData::isPlain)
        && of(spec).length <= LONGEST;
  }

  private static boolean isPlain(byte[] name) {
    for (byte b : name) {
      if (b == '"' || b == '\\' || b == ',') {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the string. An upper is mounted with {@code index=on} although there cannot be an
   * index: the kernel then refuses one that a live overlay uses, before it finds that in a user
   * namespace it has no file handles, and turns the option off. Source: ovl_report_in_use,
   * ovl_make_workdir and ovl_can_decode_fh in the kernel's fs/overlayfs.
   */
  byte[] of(OverlaySpec spec) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (MountAttribute attribute : spec.attributes()) {
      appendText(data, attribute.kernelName() + ",");
    }
    appendText(data, "lowerdir=");
    for (int i = 0; i < lowers.size(); i++) {
      appendText(data, i == 0 ? "" : ":");
      appendName(data, lowers.get(i), "\\:");
    }
    upper.ifPresent(name -> appendName(data, ",upperdir=", name));
    work.ifPresent(name -> appendName(data, ",workdir=", name));
    for (KernelOptions.KernelOption option : KernelOptions.of(spec)) {
      boolean guard =
          option.key().equals("index") && upper.isPresent() && RootlessTrial.indexIsGuardOnly();
      if (!option.key().equals("ro")) {
        appendText(data, "," + (guard ? "index=on" : option));
      }
    }
    return data.toByteArray();
  }

  private static void appendText(ByteArrayOutputStream data, String text) {
    data.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void appendName(ByteArrayOutputStream data, String key, byte[] name) {
    appendText(data, key);
    appendName(data, name, "\\");
  }

  /** Commas get a backslash too, after those that the overlay's own parser wants. */
  private static void appendName(ByteArrayOutputStream data, byte[] name, String special) {
    data.writeBytes(LayerNames.escapeBytes(LayerNames.escapeBytes(name, special), ","));
  }
}
