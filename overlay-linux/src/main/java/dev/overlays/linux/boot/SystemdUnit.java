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
 * A mount unit of systemd, with an automount unit where that is asked for ({@link
 * BootOption#AUTOMOUNT}). Immutable, equal by value. Says what a {@link FstabEntry} says, with
 * settings of systemd's own for when to mount: after the disk of each layer, also where symbolic
 * links lead to it, as they do when the unit is made. Private paths are kept in it as there.
 *
 * <p>A unit that was written is in force after {@code systemctl daemon-reload}, and mounted at the
 * start after {@code systemctl enable} with {@link #enabledName()}.
 */
public final class SystemdUnit {
  /** The names of files end at 255 bytes, and those written beside it are longer. */
  private static final int LONGEST_NAME = 240;

  private static final String MOUNT = ".mount";
  private static final String AUTOMOUNT = ".automount";

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
   * Makes a unit that does not stop the machine from starting.
   *
   * @param spec what is to be mounted
   * @return the unit
   * @throws OverlayException as {@link FstabEntry#of(OverlaySpec)}
   */
  public static SystemdUnit of(OverlaySpec spec) throws OverlayException {
    return of(spec, BootOption.DEFAULTS);
  }

  /**
   * Makes a unit.
   *
   * @param spec what is to be mounted
   * @param options how it is treated at the start
   * @return the unit
   * @throws OverlayException as {@link FstabEntry#of(OverlaySpec)}
   */
  public static SystemdUnit of(OverlaySpec spec, Set<BootOption> options) throws OverlayException {
    return of(spec, options, EntryOptions.placesOf(spec));
  }

  /** Makes a unit that waits for the mounts of these places, the layers among them. */
  static SystemdUnit of(OverlaySpec spec, Set<BootOption> options, List<Path> places)
      throws OverlayException {
    List<String> said = EntryOptions.of(spec, options, MountProgram.ofThisMachine());
    EnumSet<BootOption> copy = EnumSet.noneOf(BootOption.class);
    copy.addAll(options);
    SystemdUnit unit = new SystemdUnit(spec, copy, String.join(",", said), List.copyOf(places));
    if (unit.unitName().length() + AUTOMOUNT.length() > LONGEST_NAME) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.BOOT_ENTRY_TOO_LONG,
              spec.mountPoint().orElseThrow(),
              "The name of its unit would have more than " + LONGEST_NAME + " bytes.",
              "Use a shorter mount point, or an entry of fstab."));
    }
    return unit;
  }

  /**
   * Reads a mount unit that this library has written, and no other: what else a unit may say would
   * be lost when it is written again.
   *
   * @param file the mount unit
   * @return the unit
   * @throws OverlayException if it cannot be read ({@link ProblemCode#BOOT_FILE_FAILED}), or says
   *     anything that this library does not write ({@link ProblemCode#BOOT_ENTRY_UNREADABLE})
   */
  public static SystemdUnit read(Path file) throws OverlayException {
    return new UnitReader(file).readUnit();
  }

  /**
   * Returns what is mounted.
   *
   * @return a spec, equal to the one that the unit was made of
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
    return unitName() + MOUNT;
  }

  /**
   * Returns the name of the automount unit.
   *
   * @return for example {@code mnt-cache.automount}; empty if none is asked for
   */
  public Optional<String> automountName() {
    return options.contains(BootOption.AUTOMOUNT)
        ? Optional.of(unitName() + AUTOMOUNT)
        : Optional.empty();
  }

  /**
   * Returns which unit is to be enabled, so that the view is there after the start.
   *
   * @return the automount unit where there is one, otherwise the mount unit
   */
  public String enabledName() {
    return automountName().orElse(fileName());
  }

  /**
   * Writes the unit, and the automount unit where there is one, into a directory, in place of those
   * of the same mount point that this library has written. An automount unit that is not asked for
   * any more goes. Each file is replaced as {@link Fstab#write} does it.
   *
   * @param directory for example {@code /etc/systemd/system}
   * @throws OverlayException if there is such a unit that this library has not written ({@link
   *     ProblemCode#BOOT_ENTRY_FOREIGN}), or a file cannot be written ({@link
   *     ProblemCode#BOOT_FILE_FAILED}, {@link ProblemCode#BOOT_FILE_CHANGED})
   */
  public void write(Path directory) throws OverlayException {
    new UnitFiles(directory, this).writeFile();
  }

  /**
   * Removes the unit, and the automount unit, from a directory. Does nothing if they are not there.
   *
   * @param directory for example {@code /etc/systemd/system}
   * @throws OverlayException as {@link #write}
   */
  public void remove(Path directory) throws OverlayException {
    new UnitFiles(directory, this).removeAll();
  }

  /** The options that mount(8) gets, one character a byte. */
  String mountOptions() {
    return mountOptions;
  }

  /** The layers, and behind them where symbolic links led when the unit was made. */
  List<Path> places() {
    return places;
  }

  String unitName() {
    return UnitName.of(where());
  }

  /** The mount unit, one character a byte. */
  String text() {
    return new UnitWriter(this).mountText();
  }

  /** The automount unit, one character a byte. */
  String automountText() {
    return new UnitWriter(this).automountText();
  }

  String where() {
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
    return ByteText.shownText(text());
  }
}
