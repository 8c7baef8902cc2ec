package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.boot.UnitText.Setting;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A mount unit of systemd, with an automount unit where that is asked for ({@link
 * BootOption#AUTOMOUNT}). Immutable, equal by value. Says what a {@link FstabEntry} says, with
 * settings of systemd's own for when to mount: after the disk of each layer. Private paths are kept
 * in it as there.
 *
 * <p>A unit that was written is in force after {@code systemctl daemon-reload}, and mounted at the
 * start after {@code systemctl enable} with {@link #enabledName()}.
 */
public final class SystemdUnit {
  /** The names of files end at 255 bytes, and those written beside it are longer. */
  private static final int LONGEST_NAME = 240;

  private static final String MOUNT = ".mount";
  private static final String AUTOMOUNT = ".automount";

  private static final Set<Setting> FIXED =
      Set.of(
          new Setting("Mount", "What", "overlay"),
          new Setting("Mount", "Type", "overlay"),
          new Setting("Unit", "Documentation", "man:systemd.mount(5)"));

  private final OverlaySpec spec;
  private final Set<BootOption> options;
  private final String mountOptions;

  private SystemdUnit(OverlaySpec spec, Set<BootOption> options, String mountOptions) {
    this.spec = spec;
    this.options = Collections.unmodifiableSet(options);
    this.mountOptions = mountOptions;
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
    List<String> said = EntryOptions.of(spec, options, MountProgram.ofThisMachine());
    EnumSet<BootOption> copy = EnumSet.noneOf(BootOption.class);
    copy.addAll(options);
    SystemdUnit unit = new SystemdUnit(spec, copy, String.join(",", said));
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
    SystemdUnit unit = decode(file, ByteText.of(new BootFile(file).read()));
    if (!unit.fileName().equals(String.valueOf(file.getFileName()))) {
      throw unreadable(file, "its name should be " + unit.fileName());
    }
    return unit;
  }

  private static SystemdUnit decode(Path file, String text) throws OverlayException {
    List<Setting> settings =
        UnitText.parse(text).orElseThrow(() -> unreadable(file, "a line is no setting"));
    Path mountPoint =
        value(settings, "Where")
            .flatMap(ByteText::path)
            .orElseThrow(() -> unreadable(file, "it has no Where="));
    String options =
        value(settings, "Options").orElseThrow(() -> unreadable(file, "it has no Options="));
    SystemdUnit unit =
        of(EntryDecoder.decode(mountPoint, options), EntryDecoder.bootOptions(options));
    Set<Setting> rest = new HashSet<>(settings);
    UnitText.parse(unit.text()).orElseThrow().forEach(rest::remove);
    if (!rest.isEmpty() || !Set.copyOf(settings).containsAll(FIXED)) {
      throw unreadable(
          file, "this library does not write " + rest.stream().map(Setting::key).toList());
    }
    return unit;
  }

  private static Optional<String> value(List<Setting> settings, String key) {
    List<Setting> found =
        settings.stream()
            .filter(setting -> setting.section().equals("Mount") && setting.key().equals(key))
            .toList();
    return found.size() == 1 ? UnitText.unescape(found.get(0).value()) : Optional.empty();
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
    new UnitFiles(directory, this).write();
  }

  /**
   * Removes the unit, and the automount unit, from a directory. Does nothing if they are not there.
   *
   * @param directory for example {@code /etc/systemd/system}
   * @throws OverlayException as {@link #write}
   */
  public void remove(Path directory) throws OverlayException {
    new UnitFiles(directory, this).remove();
  }

  /** The options that mount(8) gets, one character a byte. */
  String mountOptions() {
    return mountOptions;
  }

  String unitName() {
    return UnitName.of(where());
  }

  private String where() {
    return ByteText.of(spec.mountPoint().orElseThrow());
  }

  /** The mount unit, one character a byte. */
  String text() {
    String requires =
        EntryOptions.layers(spec).stream()
            .map(layer -> "RequiresMountsFor=" + quoted(ByteText.of(layer)) + "\n")
            .collect(Collectors.joining());
    return """
        # Written by Overlays.
        [Unit]
        Description=Overlay view at %s
        Documentation=man:systemd.mount(5)
        %s
        [Mount]
        What=overlay
        Where=%s
        Type=overlay
        Options=%s
        %s"""
        .formatted(
            UnitText.escape(where()),
            requires,
            UnitText.escape(where()),
            UnitText.escape(mountOptions),
            options.contains(BootOption.AUTOMOUNT) || options.contains(BootOption.NOAUTO)
                ? ""
                : install());
  }

  /** The automount unit, one character a byte. */
  String automountText() {
    return """
        # Written by Overlays.
        [Unit]
        Description=Overlay view at %s, mounted when it is looked into
        Documentation=man:systemd.automount(5)

        [Automount]
        Where=%s
        %s"""
        .formatted(UnitText.escape(where()), UnitText.escape(where()), install());
  }

  /** Without NOFAIL the start of the machine depends on it. */
  private String install() {
    String kind = options.contains(BootOption.NOFAIL) ? "WantedBy" : "RequiredBy";
    String target = options.contains(BootOption.NETDEV) ? "remote-fs" : "local-fs";
    return "\n[Install]\n" + kind + "=" + target + ".target\n";
  }

  private static String quoted(String name) {
    boolean plain = name.chars().noneMatch(c -> " \t'".indexOf(c) >= 0);
    return UnitText.escape(plain ? name : "\"" + name + "\"");
  }

  static OverlayException unreadable(Path file, String why) {
    return new OverlayException(
        Problem.of(
            ProblemCode.BOOT_ENTRY_UNREADABLE,
            file,
            "This is no unit that this library has written: " + why + ".",
            "Change it by hand, or remove it first."));
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof SystemdUnit other
        && spec.equals(other.spec)
        && options.equals(other.options);
  }

  @Override
  public int hashCode() {
    return Objects.hash(spec, options);
  }

  /** Returns the mount unit as it is written. */
  @Override
  public String toString() {
    return ByteText.shown(text());
  }
}
