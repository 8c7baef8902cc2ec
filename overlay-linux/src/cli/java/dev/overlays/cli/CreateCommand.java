package dev.overlays.cli;

import dev.overlays.cache.SharedCache;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ReportFields;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code overlays create}: creates instances. */
@Command(
    name = "create",
    description = {"Create instances of a cache.", "One that exists already stays as it is.", ""},
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: created[].",
      "Example:",
      "  overlays create --lower /srv/cache --instances /srv/instances one \\",
      "      two"
    })
final class CreateCommand extends OverlaysCommand {
  @Mixin private CacheOptions cacheOptions;

  @Parameters(
      arity = "1..*",
      paramLabel = "NAME",
      description = "The names of the instances, and of their directories.")
  private List<String> names;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    SharedCache cache = cacheOptions.openCache();
    InstanceSteps.runForAll(names, cache::create);
    output.printResult(
        "created " + String.join(", ", names),
        json -> ReportFields.writeNames(json, "created", names));
    return ExitCodes.DONE;
  }
}
