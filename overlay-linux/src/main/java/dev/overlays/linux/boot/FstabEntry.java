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
 * One entry of fstab, of a view or of another mount. Immutable; two entries are equal if all their
 * fields are.
 *
 * <p>An entry of a view names every option. By default the machine starts without the view ({@link
 * BootOption#NOFAIL}), and systemd mounts the view after the disk of each layer, including disks
 * that symbolic links lead to when the entry is made. The entry contains the private paths, so it
 * reads back as an equal spec, but mount(8) does not hide them. Paths that a mount by this library
 * has hidden stay hidden by marks in the upper; {@link BootCheck} reports those that are not
 * hidden.
 *
 * <p>What an entry mounts holds no lock that other machines see: over a lower that they share, see
 * {@link dev.overlays.BootEntries}.
 */
public final class FstabEntry {
  /** getmntent(3), by which systemd reads fstab, drops the rest of longer lines. */
  private static final int MAX_LINE_BYTES = 4095;

  private static final String OVERLAY = "overlay";
  private static final String REQUIRES_MOUNTS = "x-systemd.requires-mounts-for";

  private final FstabFields fields;

  FstabEntry(FstabFields fields) {
    this.fields = fields;
  }

  /**
   * Creates an entry that does not stop the machine from starting.
   *
   * @param spec what is to be mounted
   * @return the entry
   * @throws OverlayException if no entry can express the spec ({@link
   *     ProblemCode#BOOT_SPEC_UNSUPPORTED}), a path would be misread ({@link
   *     ProblemCode#BOOT_NAME_MISREAD}), or the entry is too long ({@link
   *     ProblemCode#BOOT_ENTRY_TOO_LONG})
   */
  public static FstabEntry of(OverlaySpec spec) throws OverlayException {
    return of(spec, BootOption.DEFAULTS);
  }

  /**
   * Creates an entry.
   *
   * @param spec what is to be mounted
   * @param options how the entry is treated at the start; without {@link BootOption#NOFAIL} a view
   *     that cannot be mounted stops the machine from starting
   * @return the entry
   * @throws OverlayException as {@link #of(OverlaySpec)}
   */
  public static FstabEntry of(OverlaySpec spec, Set<BootOption> options) throws OverlayException {
    return of(spec, options, MountSupport.ofThisMachine());
  }

  static FstabEntry of(OverlaySpec spec, Set<BootOption> options, MountSupport program)
      throws OverlayException {
    List<String> all = EntryOptions.of(spec, options, program);
    all.addAll(all.size() - 1, waitOptions(spec));
    String target = ByteText.of(spec.mountPoint().orElseThrow());
    return new FstabEntry(new FstabFields(OVERLAY, target, OVERLAY, String.join(",", all), "0 0"))
        .checkLength();
  }

  private FstabEntry checkLength() throws OverlayException {
    if (fields.toLine().length() > MAX_LINE_BYTES - 1) {
      throw new OverlayException(
          new Problem(
              ProblemCode.BOOT_ENTRY_TOO_LONG,
              mountPoint(),
              "The entry has more than 4095 bytes, and systemd would drop the rest of the line.",
              "Use fewer lowers or shorter paths, or a SystemdUnit."));
    }
    return this;
  }

  /** The options that make systemd mount a view after the disks of its layers. */
  private static List<String> waitOptions(OverlaySpec spec) {
    return EntryOptions.placesToWaitFor(spec).stream()
        .map(place -> REQUIRES_MOUNTS + "=" + quotedPath(ByteText.of(place)))
        .toList();
  }

  /**
   * Returns this entry with the waits that a new entry of the spec would have. This entry may lack
   * some because an earlier version or a person wrote it, or because links lead elsewhere now.
   * Other options stay, and the last option stays a plain word.
   */
  FstabEntry withWaitOptions(OverlaySpec spec) throws OverlayException {
    List<String> all = new ArrayList<>();
    OptionList.splitOptions(fields.options()).forEach(option -> all.add(option.toString()));
    List<String> missing = waitOptions(spec).stream().filter(wait -> !all.contains(wait)).toList();
    if (missing.isEmpty()) {
      return this;
    }
    all.addAll(Math.max(0, all.size() - 1), missing);
    return new FstabEntry(fields.withOptions(String.join(",", all))).checkLength();
  }

  /**
   * Quotes a path if needed. Systemd copies it unchanged into a unit, where white space and quotes
   * have a meaning; mount(8) splits at commas, except within quotes.
   */
  private static String quotedPath(String name) {
    boolean plain = name.chars().noneMatch(c -> " \t',".indexOf(c) >= 0);
    return plain ? name : "\"" + name.replace(",", "\\,") + "\"";
  }

  /**
   * Returns the mount point.
   *
   * @return the mount point; empty for an entry without one, such as a swap partition
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
    return ByteText.readableText(fields.type());
  }

  /**
   * Returns the spec of the entry.
   *
   * @return a spec, equal to the one that the entry was created from; options that an entry written
   *     by hand leaves out have the kernel's current defaults
   * @throws OverlayException if the entry is not an overlay's, or has an option that no spec can
   *     express ({@link ProblemCode#BOOT_ENTRY_UNREADABLE}), or its options contradict each other
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

  /** The line of the file without its line end, one character per byte. */
  String toLine() {
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

  /** Returns the line as it is written, with U+FFFD for bytes that are not UTF-8. */
  @Override
  public String toString() {
    return ByteText.readableText(toLine());
  }
}
