package dev.overlays.cli;

import dev.overlays.cache.CacheStatus;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ReportFields;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code overlays status}: shows the instances of a cache. */
@Command(
    name = "status",
    description = {
      "Show the instances of a cache.",
      "Shows where they are mounted, who uses them, how large they are, what a merge of each alone"
          + " would free, and what a maintenance of all frees.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: lower, lowerBytes, upperBytes, freedBytes, sharing{fileSystem, obstacles[], users[machine, here,"
          + " process, since, changing, place]}, instances[name, mountedAt, backend, holders[], waiting,"
          + " atBoot, upperBytes, freedBytes, notices[]], notices[].",
      "Example:",
      "  overlays status --lower /srv/cache --instances /srv/instances"
    })
final class StatusCommand extends OverlaysCommand {
  @Mixin private CacheOptions cacheOptions;

  @Option(
      names = "--fstab",
      paramLabel = "FILE",
      defaultValue = "/etc/fstab",
      description = "Where the boot entries are: ${DEFAULT-VALUE} by default.")
  private Path fstab;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    CacheStatus status = cacheOptions.openCache(fstab).status();
    output.printResult(status, ReportFields.of(status));
    return ExitCodes.DONE;
  }
}
