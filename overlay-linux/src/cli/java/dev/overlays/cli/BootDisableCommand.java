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

/** {@code overlays boot disable}: removes boot entries. */
@Command(
    name = "disable",
    description = {
      "Have instances no longer mounted when the machine starts. What is mounted stays so.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: disabled[].",
      "Example:",
      "  overlays boot disable --lower /srv/cache \\",
      "      --instances /srv/instances one"
    })
final class BootDisableCommand extends OverlaysCommand {
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
    BootEntries entries = Overlays.bootEntries(placeOptions.fstab());
    List<String> disabled = new ArrayList<>();
    InstanceSteps.runForAll(
        CacheOptions.namesOrAll(cache, names),
        name -> {
          OverlaySpec spec = cache.spec(name);
          if (units.isPresent()) {
            SystemdUnit.of(spec).remove(units.get());
          } else {
            entries.remove(spec.mountPoint().orElseThrow());
          }
          disabled.add(spec.mountPoint().orElseThrow().toString());
        });
    output.printResult(
        "disabled " + String.join(", ", disabled),
        json -> ReportFields.writeNames(json, "disabled", disabled));
    return ExitCodes.DONE;
  }
}
