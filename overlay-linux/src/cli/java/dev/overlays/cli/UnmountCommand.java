package dev.overlays.cli;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.cache.CacheInstance;
import dev.overlays.cache.SharedCache;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ReportFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code overlays unmount}: unmounts instances. */
@Command(
    name = "unmount",
    description = {
      "Unmount instances of a cache.",
      "One that is in use stays mounted, and you are told by whom.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: unmounted[].",
      "Example:",
      "  overlays unmount --wait 30s --lower /srv/cache \\",
      "      --instances /srv/instances"
    })
final class UnmountCommand extends OverlaysCommand {
  @Mixin private CacheOptions cacheOptions;
  @Mixin private WaitOption waitOption;

  @Option(
      names = "--lazy",
      description =
          "Take a view that is in use out of the tree after the wait. It can be merged when its last"
              + " user has gone.")
  private boolean lazy;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "The names of the instances; without any, all.")
  private List<String> names = new ArrayList<>();

  @Override
  int runCommand(CommandOutput output) throws IOException {
    SharedCache cache = cacheOptions.openCache();
    UnmountOptions options = new UnmountOptions(waitOption.patience(), lazy);
    List<CacheInstance> instances = cache.instances();
    List<String> unmounted = new ArrayList<>();
    try {
      InstanceSteps.runForAll(
          CacheOptions.namesOrAll(cache, names),
          name -> {
            if (unmountInstance(findInstance(cache, instances, name), options)) {
              unmounted.add(name);
            }
          });
    } finally {
      output.printResult(
          unmounted.isEmpty() ? "nothing unmounted" : "unmounted " + String.join(", ", unmounted),
          json -> ReportFields.writeNames(json, "unmounted", unmounted));
    }
    return ExitCodes.DONE;
  }

  private static boolean unmountInstance(CacheInstance instance, UnmountOptions options)
      throws OverlayException {
    if (instance.mount().isEmpty()) {
      return false;
    }
    instance.mount().get().close(options);
    return true;
  }

  private static CacheInstance findInstance(
      SharedCache cache, List<CacheInstance> instances, String name) throws OverlayException {
    for (CacheInstance instance : instances) {
      if (instance.name().equals(name)) {
        return instance;
      }
    }
    throw new OverlayException(
        Problem.of(
            ProblemCode.INSTANCE_DIRECTORY_NOT_FOUND,
            cache.spec(name).instance().orElseThrow(),
            "There is no instance of this name.",
            "Look at \"overlays status\"."));
  }
}
