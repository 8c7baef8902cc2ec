package dev.overlays.linux.boot;

import dev.overlays.InvalidSpecException;
import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.linux.boot.OptionList.ListedOption;
import dev.overlays.linux.table.OptionString;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Decodes the options of a boot entry, written by this library or by hand, into a spec. An option
 * that no spec can express is a problem; none is dropped silently. Options that only tell mount(8)
 * or systemd when to mount are skipped.
 */
final class EntryDecoder {
  /**
   * The option for private paths; mount(8) does not pass options on whose names begin with {@code
   * x-}.
   */
  static final String PRIVATE_PATH_OPTION = "x-overlays.private";

  /**
   * Options of mount(8) that ask for the default, or that have no effect here. Since Linux 4.8 the
   * kernel only prints {@code default_permissions}.
   */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "defaults",
          "auto",
          "noauto",
          "nofail",
          "_netdev",
          "async",
          "nouser",
          "relatime",
          "default_permissions");

  /** Options of the overlay that SpecDecoder reads. */
  private static final Set<String> OVERLAY_OPTIONS =
      Set.of(
          "index",
          "nfs_export",
          "metacopy",
          "redirect_dir",
          "xino",
          "uuid",
          "verity",
          "userxattr",
          "volatile",
          "fsync");

  private final Path mountPoint;
  private final OverlaySpec.Builder builder = OverlaySpec.builder();
  private final LowerOptions lowers = new LowerOptions();
  private final EnumSet<MountAttribute> attributes = EnumSet.noneOf(MountAttribute.class);
  private final List<String> overlayOptions = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private boolean overrideCreds;
  private boolean hasUpper;

  private EntryDecoder(Path mountPoint) {
    this.mountPoint = mountPoint;
  }

  static OverlaySpec decodeEntry(Path mountPoint, String options) throws OverlayException {
    EntryDecoder decoder = new EntryDecoder(mountPoint);
    OptionList.splitOptions(options).forEach(decoder::takeOption);
    if (!decoder.problems.isEmpty()) {
      throw new OverlayException(decoder.problems);
    }
    return decoder.build();
  }

  static Set<BootOption> bootOptions(String options) {
    EnumSet<BootOption> found = EnumSet.noneOf(BootOption.class);
    for (ListedOption option : OptionList.splitOptions(options)) {
      for (BootOption known : BootOption.values()) {
        if (option.key().equals(known.optionWord())) {
          found.add(known);
        }
      }
    }
    return found;
  }

  private OverlaySpec build() throws OverlayException {
    try {
      lowers.addTo(builder);
      builder.options(ImpliedOptions.of(overlayOptions, hasUpper).withOverrideCreds(overrideCreds));
      return builder
          .mountPoint(mountPoint)
          .attributes(attributes.toArray(new MountAttribute[0]))
          .build();
    } catch (InvalidSpecException e) {
      throw new OverlayException(e.problems(), e);
    } catch (IllegalArgumentException e) {
      throw new OverlayException(List.of(unreadableOption("an option has an unknown value")), e);
    }
  }

  private void takeOption(ListedOption option) {
    switch (option.key()) {
      case "lowerdir" -> takeIf(lowers.applyList(option), option);
      case "lowerdir+" -> takeIf(lowers.takeLower(option), option);
      case "datadir+" -> takeIf(lowers.takeDataLower(option), option);
      case "upperdir" -> {
        hasUpper = true;
        takePath(option, unescapePath(ByteText.bytesOf(option.value())), builder::upper);
      }
      case "workdir" ->
          takePath(option, unescapePath(ByteText.bytesOf(option.value())), builder::work);
      case PRIVATE_PATH_OPTION ->
          PrivatePathText.decodePath(option.value())
              .ifPresentOrElse(builder::privatePath, () -> refuseOption(option));
      case "override_creds" -> overrideCreds = true;
      default -> takeWord(option);
    }
  }

  private void takeIf(boolean taken, ListedOption option) {
    if (!taken) {
      refuseOption(option);
    }
  }

  private static String unescapePath(byte[] value) {
    return ByteText.of(OptionString.unescapeValue(value));
  }

  private void takePath(ListedOption option, String name, Consumer<Path> layer) {
    ByteText.pathOf(name).ifPresentOrElse(layer, () -> refuseOption(option));
  }

  private void takeWord(ListedOption option) {
    String word = option.key();
    if (OVERLAY_OPTIONS.contains(word)) {
      overlayOptions.add(option.toString());
    } else if (!takeAttribute(word) && !takePropagation(word)) {
      boolean comment = word.startsWith("x-") || word.startsWith("X-") || word.equals("comment");
      if (!comment && !WITHOUT_EFFECT.contains(word)) {
        refuseOption(option);
      }
    }
  }

  /**
   * Of two contradicting options, such as {@code nosuid} and {@code suid}, the last is in force.
   */
  private boolean takeAttribute(String word) {
    for (MountAttribute attribute : MountAttribute.values()) {
      String name = attribute.kernelName();
      if (word.equals(name)) {
        attributes.add(attribute);
        return true;
      }
      if (word.equals("rw") ? name.equals("ro") : name.equals("no" + word)) {
        attributes.remove(attribute);
        return true;
      }
    }
    return false;
  }

  private boolean takePropagation(String word) {
    for (Propagation propagation : Propagation.values()) {
      if (word.equals(propagation.kernelName())) {
        builder.propagation(propagation);
        return true;
      }
    }
    return false;
  }

  private void refuseOption(ListedOption option) {
    problems.add(
        unreadableOption("no spec allows \"" + ByteText.readableText(option.toString()) + "\""));
  }

  private Problem unreadableOption(String what) {
    return Problem.of(
        ProblemCode.BOOT_ENTRY_UNREADABLE,
        mountPoint,
        "The boot entry cannot be read: " + what + ".",
        "Change it by hand, or replace it by an entry made from a spec.");
  }
}
