package dev.overlays.linux.boot;

import java.util.stream.Collectors;

/** The text of a unit. */
final class UnitWriter {
  static final String REQUIRES = "RequiresMountsFor";

  private final SystemdUnit unit;

  UnitWriter(SystemdUnit unit) {
    this.unit = unit;
  }

  /** The mount unit, one character a byte. */
  String mountText() {
    String requires =
        unit.places().stream()
            .map(place -> REQUIRES + "=" + quotedText(ByteText.of(place)) + "\n")
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
    %s\
    """
        .formatted(
            UnitText.escapeText(unit.where()),
            requires,
            UnitText.escapeText(unit.where()),
            UnitText.escapeText(unit.mountOptions()),
            unit.bootOptions().contains(BootOption.AUTOMOUNT)
                    || unit.bootOptions().contains(BootOption.NOAUTO)
                ? ""
                : installSection());
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
    %s\
    """
        .formatted(
            UnitText.escapeText(unit.where()), UnitText.escapeText(unit.where()), installSection());
  }

  /** Without NOFAIL the start of the machine depends on it. */
  private String installSection() {
    String kind = unit.bootOptions().contains(BootOption.NOFAIL) ? "WantedBy" : "RequiredBy";
    String target = unit.bootOptions().contains(BootOption.NETDEV) ? "remote-fs" : "local-fs";
    return "\n[Install]\n" + kind + "=" + target + ".target\n";
  }

  private static String quotedText(String name) {
    boolean plain = name.chars().noneMatch(c -> " \t'".indexOf(c) >= 0);
    return UnitText.escapeText(plain ? name : "\"" + name + "\"");
  }
}
