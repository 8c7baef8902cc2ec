package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.boot.UnitText.UnitSetting;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a mount unit that this library has written. A unit with more or fewer settings is refused.
 */
final class UnitReader {
  private final Path file;

  UnitReader(Path file) {
    this.file = file;
  }

  SystemdUnit readUnit() throws OverlayException {
    SystemdUnit unit = decodeUnit(ByteText.of(new BootFile(file).readFile()));
    if (!unit.fileName().equals(String.valueOf(file.getFileName()))) {
      throw unreadableUnit("its name should be " + unit.fileName());
    }
    return unit;
  }

  private SystemdUnit decodeUnit(String text) throws OverlayException {
    List<UnitSetting> settings =
        UnitText.parse(text).orElseThrow(() -> unreadableUnit("a line is not a setting"));
    Path mountPoint =
        valueOf(settings, "Where")
            .flatMap(ByteText::pathOf)
            .orElseThrow(() -> unreadableUnit("it has no Where="));
    String options =
        valueOf(settings, "Options").orElseThrow(() -> unreadableUnit("it has no Options="));
    OverlaySpec spec = EntryDecoder.decodeEntry(mountPoint, options);
    SystemdUnit unit =
        SystemdUnit.of(spec, EntryDecoder.bootOptions(options), waitedPlaces(spec, settings));
    List<UnitSetting> own = UnitText.parse(unit.mountText()).orElseThrow();
    if (!settings.equals(own)) {
      throw unreadableUnit(
          "this library does not write "
              + keysOnlyIn(settings, own)
              + ", or writes "
              + keysOnlyIn(own, settings));
    }
    return unit;
  }

  /**
   * The layers, then the other places that the unit waits for: the targets of links when it was
   * written.
   */
  private static List<Path> waitedPlaces(OverlaySpec spec, List<UnitSetting> settings) {
    Set<Path> places = new LinkedHashSet<>(EntryOptions.layersOf(spec));
    settings.stream()
        .filter(setting -> setting.key().equals(UnitWriter.REQUIRES_MOUNTS))
        .flatMap(setting -> UnitText.unescapeText(setting.value()).stream())
        .map(name -> name.startsWith("\"") ? name.substring(1, name.length() - 1) : name)
        .flatMap(name -> ByteText.pathOf(name).stream())
        .forEach(places::add);
    return List.copyOf(places);
  }

  /** Returns the keys of the settings that are only in the first list. */
  private static List<String> keysOnlyIn(List<UnitSetting> settings, List<UnitSetting> others) {
    return settings.stream().filter(s -> !others.contains(s)).map(UnitSetting::key).toList();
  }

  private static Optional<String> valueOf(List<UnitSetting> settings, String key) {
    List<UnitSetting> found =
        settings.stream()
            .filter(setting -> setting.section().equals("Mount") && setting.key().equals(key))
            .toList();
    return found.size() == 1 ? UnitText.unescapeText(found.get(0).value()) : Optional.empty();
  }

  private OverlayException unreadableUnit(String why) {
    return new OverlayException(
        Problem.of(
            ProblemCode.BOOT_ENTRY_UNREADABLE,
            file,
            "This library has not written this unit: " + why + ".",
            "Change it by hand, or remove it first."));
  }
}
