package dev.overlays.linux.context;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import java.util.ArrayList;
import java.util.List;

/** The options of a spec in the kernel's words. */
public final class KernelOptions {

  /**
   * One option.
   *
   * @param key its name
   * @param value its value, empty for a flag
   * @param asked whether a kernel that does not know it cannot serve the spec; otherwise it says
   *     what a kernel without it does anyway
   */
  public record KernelOption(String key, String value, boolean asked) {
    @Override
    public String toString() {
      return value.isEmpty() ? key : key + "=" + value;
    }
  }

  private KernelOptions() {}

  /**
   * Returns the options of a spec.
   *
   * @param spec what is to be mounted
   * @return all but the layers
   */
  public static List<KernelOption> of(OverlaySpec spec) {
    OverlayOptions options = spec.options();
    List<KernelOption> list = new ArrayList<>();
    if (spec.attributes().contains(MountAttribute.READ_ONLY)) {
      list.add(new KernelOption("ro", "", true));
    }
    // Without an upper an index is never made, and "off" would exclude what follows.
    if (options.index() || !options.nfsExport()) {
      list.add(onOff("index", options.index()));
    }
    list.add(onOff("nfs_export", options.nfsExport()));
    list.add(onOff("metacopy", options.metacopy()));
    list.add(
        wordOption(
            "redirect_dir",
            options.redirectDir().kernelName(),
            OverlayOptions.defaults().redirectDir().kernelName()));
    list.add(
        wordOption(
            "xino", options.xino().kernelName(), OverlayOptions.defaults().xino().kernelName()));
    if (options.uuid() != UuidMode.AUTO) {
      list.add(new KernelOption("uuid", options.uuid().kernelName(), true));
    }
    if (options.verity() != Verity.OFF) {
      list.add(new KernelOption("verity", options.verity().kernelName(), true));
    }
    addFlag("userxattr", options.userXattr(), list);
    addFlag("volatile", options.volatileUpper(), list);
    addFlag("override_creds", options.overrideCreds(), list);
    return list;
  }

  private static KernelOption onOff(String key, boolean on) {
    return wordOption(key, on ? "on" : "off", "off");
  }

  private static KernelOption wordOption(String key, String value, String unasked) {
    return new KernelOption(key, value, !value.equals(unasked));
  }

  private static void addFlag(String key, boolean on, List<KernelOption> list) {
    if (on) {
      list.add(new KernelOption(key, "", true));
    }
  }
}
