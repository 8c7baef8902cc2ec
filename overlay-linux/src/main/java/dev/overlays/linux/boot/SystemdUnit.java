package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A mount unit of systemd, with an automount unit if {@link BootOption#AUTOMOUNT} is set.
 * Immutable, equal by value. It contains what a {@link FstabEntry} contains, private paths
 * included, and uses systemd's own settings for when to mount: after the disk of each layer,
 * including disks that symbolic links lead to when the unit is made.
 *
 * <p>A written unit takes effect after {@code systemctl daemon-reload}, and is mounted at the start
 * after {@code systemctl enable} with {@link #enabledName()}.
 *
 * <p>What a unit mounts holds no lock that other machines see: over a lower that they share, see
 * {@link dev.overlays.BootEntries}.
 */
public final class SystemdUnit {
  /** File names have at most 255 bytes, and the files written beside a unit have longer names. */
  private static final int MAX_NAME_BYTES = 240;

  private static final String MOUNT_SUFFIX = ".mount";
  private static final String AUTOMOUNT_SUFFIX = ".automount";

  private final OverlaySpec spec;
  private final Set<BootOption> options;
  private final String mountOptions;
  private final List<Path> places;

  private SystemdUnit(
      OverlaySpec spec, Set<BootOption> options, String mountOptions, List<Path> places) {
    this.spec = spec;
    this.options = Collections.unmodifiableSet(options);
    this.mountOptions = mountOptions;
    this.places = places;
  }

  /**
   * Creates a unit that does not stop the machine from starting.
   *
   * @param spec what is to be mounted
   * @return the unit
   * @throws OverlayException as {@link FstabEntry#of(OverlaySpec)}
   */
  public static SystemdUnit of(OverlaySpec spec) throws OverlayException {
    return of(spec, BootOption.DEFAULTS);
  }

  /**
   * Creates a unit.
   *
   * @param spec what is to be mounted
   * @param options how the unit is treated at the start
   * @return the unit
   * @throws OverlayException as {@link FstabEntry#of(OverlaySpec)}
   */
  public static SystemdUnit of(OverlaySpec spec, Set<BootOption> options) throws OverlayException {
    return of(spec, options, EntryOptions.placesToWaitFor(spec));
  }

  /** Creates a unit that waits for the mounts of the given places, which include the layers. */
  static SystemdUnit of(OverlaySpec spec, Set<BootOption> options, List<Path> places)
      throws OverlayException {
    List<String> said = EntryOptions.of(spec, options, MountSupport.ofThisMachine());
    EnumSet<BootOption> copy = EnumSet.noneOf(BootOption.class);
    copy.addAll(options);
    SystemdUnit unit = new SystemdUnit(spec, copy, String.join(",", said), List.copyOf(places));
    if (unit.unitName().length() + AUTOMOUNT_SUFFIX.length() > MAX_NAME_BYTES) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.BOOT_ENTRY_TOO_LONG,
              spec.mountPoint().orElseThrow(),
              "The name of its unit would have more than " + MAX_NAME_BYTES + " bytes.",
              "Use a shorter mount point, or an entry of fstab."));
    }
    return unit;
  }

  /**
   * Reads a mount unit that this library has written. It refuses other units, whose settings would
   * be lost when they are written again.
   *
   * @param file the mount unit
   * @return the unit
   * @throws OverlayException if it cannot be read ({@link ProblemCode#BOOT_FILE_FAILED}), or has
   *     settings that this library does not write ({@link ProblemCode#BOOT_ENTRY_UNREADABLE})
   */
  public static SystemdUnit read(Path file) throws OverlayException {
    return new UnitReader(file).readUnit();
  }

  /**
   * Returns the spec of the view.
   *
   * @return a spec, equal to the one that the unit was created from
   */
  public OverlaySpec spec() {
    return spec;
  }

  /**
   * Returns how the unit is treated at the start.
   *
   * @return an unmodifiable set
   */
  public Set<BootOption> bootOptions() {
    return options;
  }

  /**
   * Returns the name of the mount unit, by systemd's escaping of the mount point.
   *
   * @return for example {@code mnt-cache.mount}
   */
  public String fileName() {
    return unitName() + MOUNT_SUFFIX;
  }

  /**
   * Returns the name of the automount unit.
   *
   * @return for example {@code mnt-cache.automount}; empty without {@link BootOption#AUTOMOUNT}
   */
  public Optional<String> automountName() {
    return options.contains(BootOption.AUTOMOUNT)
        ? Optional.of(unitName() + AUTOMOUNT_SUFFIX)
        : Optional.empty();
  }

  /**
   * Returns the name of the unit to enable so that the view is mounted at the start.
   *
   * @return the automount unit if there is one, otherwise the mount unit
   */
  public String enabledName() {
    return automountName().orElse(fileName());
  }

  /**
   * Writes the mount unit, and the automount unit if there is one, into a directory. They replace
   * units of the same mount point that this library has written, and an automount unit that is no
   * longer wanted is removed. Each file is replaced as by {@link Fstab#write}.
   *
   * @param directory for example {@code /etc/systemd/system}
   * @throws OverlayException if a unit of the same name was not written by this library ({@link
   *     ProblemCode#BOOT_ENTRY_FOREIGN}), or a file cannot be written ({@link
   *     ProblemCode#BOOT_FILE_FAILED}, {@link ProblemCode#BOOT_FILE_CHANGED})
   */
  public void write(Path directory) throws OverlayException {
    new UnitFiles(directory, this).writeUnit();
  }

  /**
   * Removes the mount unit and the automount unit from a directory. Does nothing if they are
   * missing.
   *
   * @param directory for example {@code /etc/systemd/system}
   * @throws OverlayException as {@link #write}
   */
  public void remove(Path directory) throws OverlayException {
    new UnitFiles(directory, this).removeUnit();
  }

  /** The options for mount(8), one character per byte. */
  String mountOptions() {
    return mountOptions;
  }

  /** The layers, then the places that symbolic links led to when the unit was made. */
  List<Path> waitedPlaces() {
    return places;
  }

  String unitName() {
    return UnitName.of(mountPointText());
  }

  /** The text of the mount unit, one character per byte. */
  String mountText() {
    return new UnitWriter(this).mountText();
  }

  /** The text of the automount unit, one character per byte. */
  String automountText() {
    return new UnitWriter(this).automountText();
  }

  String mountPointText() {
    return ByteText.of(spec.mountPoint().orElseThrow());
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof SystemdUnit other
        && spec.equals(other.spec)
        && options.equals(other.options)
        && places.equals(other.places);
  }

  @Override
  public int hashCode() {
    return Objects.hash(spec, options, places);
  }

  /** Returns the mount unit as it is written. */
  @Override
  public String toString() {
    return ByteText.readableText(mountText());
  }
}
