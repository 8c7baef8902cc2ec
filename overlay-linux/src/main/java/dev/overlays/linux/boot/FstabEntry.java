package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of fstab: of a view, to be written, or of whatever is in the file. Immutable, equal if
 * all fields are.
 *
 * <p>An entry of a view says every option, and by default that the machine starts without it
 * ({@link BootOption#NOFAIL}) and that systemd mounts it after the disk of each layer, also where
 * symbolic links lead to it, as they do when the entry is made. Private paths are kept in the
 * entry, so it reads back as an equal spec; but mount(8) does not hide them. What a mount by this
 * library has hidden stays hidden, by the marks in the upper; {@link BootCheck} tells when
 * something is not.
 */
public final class FstabEntry {
  /** What getmntent(3), by which systemd reads fstab, takes of a line; it drops the rest. */
  private static final int LONGEST_LINE = 4095;

  private static final String OVERLAY = "overlay";
  private static final String REQUIRES = "x-systemd.requires-mounts-for";

  private final FstabFields fields;

  FstabEntry(FstabFields fields) {
    this.fields = fields;
  }

  /**
   * Makes an entry that does not stop the machine from starting.
   *
   * @param spec what is to be mounted
   * @return the entry
   * @throws OverlayException if no entry can stand for the spec ({@link
   *     ProblemCode#BOOT_SPEC_UNSUPPORTED}), a path would be misread ({@link
   *     ProblemCode#BOOT_NAME_MISREAD}), or the whole is too long ({@link
   *     ProblemCode#BOOT_ENTRY_TOO_LONG})
   */
  public static FstabEntry of(OverlaySpec spec) throws OverlayException {
    return of(spec, BootOption.DEFAULTS);
  }

  /**
   * Makes an entry.
   *
   * @param spec what is to be mounted
   * @param options how it is treated at the start; without {@link BootOption#NOFAIL} a view that
   *     cannot be mounted stops the machine from starting
   * @return the entry
   * @throws OverlayException as {@link #of(OverlaySpec)}
   */
  public static FstabEntry of(OverlaySpec spec, Set<BootOption> options) throws OverlayException {
    return of(spec, options, MountProgram.ofThisMachine());
  }

  static FstabEntry of(OverlaySpec spec, Set<BootOption> options, MountProgram program)
      throws OverlayException {
    List<String> all = EntryOptions.of(spec, options, program);
    all.addAll(all.size() - 1, waitsFor(spec));
    String target = ByteText.of(spec.mountPoint().orElseThrow());
    return new FstabEntry(new FstabFields(OVERLAY, target, OVERLAY, String.join(",", all), "0 0"))
        .checkLength();
  }

  private FstabEntry checkLength() throws OverlayException {
    if (fields.toLine().length() > LONGEST_LINE - 1) {
      throw new OverlayException(
          new Problem(
              ProblemCode.BOOT_ENTRY_TOO_LONG,
              mountPoint(),
              "The entry has more than 4095 bytes, and systemd would drop the rest of the line.",
              "Use fewer lowers or shorter paths, or a SystemdUnit."));
    }
    return this;
  }

  /** The options by which systemd mounts a view after the disks of its layers. */
  private static List<String> waitsFor(OverlaySpec spec) {
    return EntryOptions.placesOf(spec).stream()
        .map(place -> REQUIRES + "=" + quotedPath(ByteText.of(place)))
        .toList();
  }

  /**
   * Returns the same entry with the waits that an entry of the spec has now, where it has not got
   * them: an earlier version or somebody by hand may have written it, or links lead elsewhere now.
   * Other options stay. A plain word stays the last.
   */
  FstabEntry withWaits(OverlaySpec spec) throws OverlayException {
    List<String> all = new ArrayList<>();
    OptionList.splitOptions(fields.options()).forEach(option -> all.add(option.toString()));
    List<String> missing = waitsFor(spec).stream().filter(wait -> !all.contains(wait)).toList();
    if (missing.isEmpty()) {
      return this;
    }
    all.addAll(Math.max(0, all.size() - 1), missing);
    return new FstabEntry(fields.withOptions(String.join(",", all))).checkLength();
  }

  /**
   * Systemd copies this into a unit as it is, where white space and quotes have a meaning; mount(8)
   * would split at a comma, and does not within quotes.
   */
  private static String quotedPath(String name) {
    boolean plain = name.chars().noneMatch(c -> " \t',".indexOf(c) >= 0);
    return plain ? name : "\"" + name.replace(",", "\\,") + "\"";
  }

  /**
   * Returns where the entry is mounted.
   *
   * @return the mount point; empty for what has none, such as a swap partition
   */
  public Optional<Path> mountPoint() {
    return ByteText.pathOf(fields.target());
  }

  /**
   * Returns the kind of file system.
   *
   * @return for example {@code overlay}
   */
  public String type() {
    return ByteText.shownText(fields.type());
  }

  /**
   * Returns what the entry mounts.
   *
   * @return a spec; equal to the one that the entry was made of. What an entry written by hand
   *     leaves to the kernel is what that does here and now
   * @throws OverlayException if the entry is not an overlay's, or asks for what no spec can say
   *     ({@link ProblemCode#BOOT_ENTRY_UNREADABLE}), or its options contradict each other
   */
  public OverlaySpec spec() throws OverlayException {
    if (!isOverlay()) {
      throw new OverlayException(
          new Problem(
              ProblemCode.BOOT_ENTRY_UNREADABLE,
              mountPoint(),
              "The boot entry is not that of an overlay but of type " + type() + ".",
              "Name the mount point of a view."));
    }
    return EntryDecoder.decodeEntry(mountPoint().orElseThrow(), fields.options());
  }

  /**
   * Returns how the entry is treated at the start.
   *
   * @return those options that {@link BootOption} names
   */
  public Set<BootOption> bootOptions() {
    return EntryDecoder.bootOptions(fields.options());
  }

  boolean isOverlay() {
    return fields.type().equals(OVERLAY) && mountPoint().isPresent();
  }

  /** The line of the file, one character a byte, without its end. */
  String line() {
    return fields.toLine();
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof FstabEntry other && fields.equals(other.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  /** Returns the line as it is written, with U+FFFD for what is not UTF-8. */
  @Override
  public String toString() {
    return ByteText.shownText(line());
  }
}
