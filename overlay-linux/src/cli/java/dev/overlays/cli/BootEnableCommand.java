package dev.overlays.cli;

import dev.overlays.BootEntries;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.cache.SharedCache;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.linux.boot.SystemdUnit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code overlays boot enable}: writes boot entries. */
@Command(
    name = "enable",
    description = {
      "Have instances mounted when the machine starts. An entry is tried, in a mount namespace of"
          + " its own, before it is written; the old fstab stays beside it as fstab.overlays-bak.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: enabled[].",
      "Example:",
      "  overlays boot enable --lower /srv/cache --instances /srv/instances \\",
      "      one"
    })
final class BootEnableCommand extends OverlaysCommand {
  @Mixin private CacheOptions cacheOptions;
  @Mixin private BootPlaceOptions placeOptions;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "The names of the instances; without any, all.")
  private List<String> names = new ArrayList<>();

  @Override
  int runCommand(CommandOutput output) throws IOException {
    SharedCache cache = cacheOptions.openAbsoluteCache();
    Optional<Path> units = placeOptions.units();
    List<String> enabled = new ArrayList<>();
    if (units.isPresent()) {
      InstanceSteps.runForAll(
          CacheOptions.namesOrAll(cache, names),
          name -> {
            SystemdUnit unit = SystemdUnit.of(cache.spec(name));
            unit.write(units.get());
            enabled.add(unit.enabledName());
          });
      output.printRemark(
          "They take effect by: systemctl daemon-reload && systemctl enable "
              + String.join(" ", enabled));
    } else {
      BootEntries entries = Overlays.bootEntries(placeOptions.fstab());
      InstanceSteps.runForAll(
          CacheOptions.namesOrAll(cache, names),
          name -> {
            OverlaySpec spec = cache.spec(name);
            entries.put(spec);
            enabled.add(spec.mountPoint().orElseThrow().toString());
          });
    }
    output.printResult(
        "enabled " + String.join(", ", enabled),
        json -> ReportFields.writeNames(json, "enabled", enabled));
    return ExitCodes.DONE;
  }
}
