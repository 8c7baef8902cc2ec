package dev.overlays.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say where boot entries are kept. */
final class BootPlaceOptions {
  @ArgGroup private Place place;

  /** One of the places. */
  static final class Place {
    @Option(
        names = "--fstab",
        paramLabel = "FILE",
        description = "The file of the entries: /etc/fstab by default.")
    private Path fstab;

    @Option(
        names = "--units",
        paramLabel = "DIR",
        description = "Write mount units of systemd into this directory, instead of entries.")
    private Path units;
  }

  Path fstab() {
    return place == null || place.fstab == null ? Path.of("/etc/fstab") : place.fstab;
  }

  Optional<Path> units() {
    return Optional.ofNullable(place).map(chosen -> chosen.units);
  }
}
