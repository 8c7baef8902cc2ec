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
 * Makes a spec of the options of a boot entry, its own or written by hand. What no spec can say is
 * a problem: nothing is left out. What only tells mount(8) or systemd when to mount is no part of
 * it.
 */
final class EntryDecoder {
  /** Where private paths are kept: mount(8) hands no option on whose name begins like that. */
  static final String PRIVATE = "x-overlays.private";

  /**
   * Words of mount(8) that ask for what is so anyway, or for something of no meaning here. The
   * kernel only prints {@code default_permissions} since Linux 4.8.
   */
  private static final Set<String> PLAIN =
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

  /** Words of the overlay whose values SpecDecoder reads. */
  private static final Set<String> OVERLAY =
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
  private final List<String> overlay = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private boolean overrideCreds;
  private boolean upper;

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
      builder.options(ImpliedOptions.of(overlay, upper).withOverrideCreds(overrideCreds));
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
      case "lowerdir" -> takeIf(lowers.takeList(option), option);
      case "lowerdir+" -> takeIf(lowers.takeLower(option), option);
      case "datadir+" -> takeIf(lowers.takeDataLower(option), option);
      case "upperdir" -> {
        upper = true;
        takePath(option, unescapePath(ByteText.bytesOf(option.value())), builder::upper);
      }
      case "workdir" ->
          takePath(option, unescapePath(ByteText.bytesOf(option.value())), builder::work);
      case PRIVATE ->
          PrivatePathText.decodePaths(option.value())
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
    if (OVERLAY.contains(word)) {
      overlay.add(option.toString());
    } else if (!takeAttribute(word) && !takePropagation(word)) {
      boolean comment = word.startsWith("x-") || word.startsWith("X-") || word.equals("comment");
      if (!comment && !PLAIN.contains(word)) {
        refuseOption(option);
      }
    }
  }

  /** Of two that contradict each other the last is in force: {@code nosuid} and {@code suid}. */
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
        unreadableOption("no spec can say \"" + ByteText.shownText(option.toString()) + "\""));
  }

  private Problem unreadableOption(String what) {
    return Problem.of(
        ProblemCode.BOOT_ENTRY_UNREADABLE,
        mountPoint,
        "The boot entry cannot be read: " + what + ".",
        "Change it by hand, or replace it by an entry made of a spec.");
  }
}
