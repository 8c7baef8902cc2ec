package dev.overlays.cli;

import dev.overlays.OverlayMount;
import dev.overlays.cache.SharedCache;
import dev.overlays.cli.output.CommandOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code overlays mount}: mounts instances. */
@Command(
    name = "mount",
    description = {
      "Mount instances of a cache.",
      "They stay mounted when the program ends. One that is mounted already stays as it is.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: mounts[root, backend].",
      "Example:",
      "  overlays mount --lower /srv/cache --instances /srv/instances"
    })
final class MountCommand extends OverlaysCommand {
  @Mixin private CacheOptions cacheOptions;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "The names of the instances; without any, all.")
  private List<String> names = new ArrayList<>();

  @Override
  int runCommand(CommandOutput output) throws IOException {
    SharedCache cache = cacheOptions.openCache();
    List<OverlayMount> mounts = new ArrayList<>();
    try {
      InstanceSteps.runForAll(
          CacheOptions.namesOrAll(cache, names), name -> mounts.add(cache.mount(name)));
    } finally {
      output.printAll("mounts", mounts.stream().map(MountedView::of), MountedView::fields);
    }
    return ExitCodes.DONE;
  }
}
