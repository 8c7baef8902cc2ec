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
 * The value that mount(8) gets after {@code -o}: the attributes of the mount, the layers and the
 * options.
 *
 * @param lowers the names of the lowers
 * @param upper the name of the upper
 * @param work the name of the work directory
 */
record MountData(List<byte[]> lowers, Optional<byte[]> upper, Optional<byte[]> work) {
  /** mount(2) cuts longer strings off, and may then mount other directories. */
  private static final int MAX_DATA_BYTES = 4095;

  /**
   * Whether mount(8) and the kernel read all names correctly. mount(8) interprets quotes itself,
   * and loses a comma that follows another one even with backslashes.
   */
  boolean isReadAsMeant(OverlaySpec spec) {
    return lowers.stream().allMatch(MountData::isPlain)
        && upper.stream().allMatch(MountData::isPlain)
        && work.stream().allMatch(MountData::isPlain)
        && encodeFor(spec).length <= MAX_DATA_BYTES;
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
   * Returns the value. An upper is mounted with {@code index=on} although a user namespace has no
   * index: with this option the kernel refuses an upper that a live overlay uses, before it finds
   * no file handles and turns the option off. Source: ovl_report_in_use, ovl_make_workdir and
   * ovl_can_decode_fh in the kernel's fs/overlayfs.
   */
  byte[] encodeFor(OverlaySpec spec) {
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
          option.key().equals("index") && upper.isPresent() && RootlessTrial.ignoresIndex();
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

  /**
   * Escapes commas for mount(8), after the characters that the overlay's own parser needs escaped.
   */
  private static void appendName(ByteArrayOutputStream data, byte[] name, String special) {
    data.writeBytes(LayerNames.escapeBytes(LayerNames.escapeBytes(name, special), ","));
  }
}
