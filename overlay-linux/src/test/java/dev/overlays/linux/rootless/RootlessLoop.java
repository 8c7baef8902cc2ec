package dev.overlays.linux.rootless;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The main class of a JVM that mounts, writes, runs programs and unmounts until it is killed. */
final class RootlessLoop {
  private final Path directory;
  private final Random random;
  private final List<OverlayMount> mounts = new ArrayList<>();
  private int count;

  private RootlessLoop(Path directory, long seed) {
    this.directory = directory;
    random = new Random(seed);
  }

  public static void main(String[] arguments) throws IOException {
    RootlessLoop loop = new RootlessLoop(Path.of(arguments[0]), Long.parseLong(arguments[1]));
    Files.createDirectories(loop.directory.resolve("lower"));
    Files.createDirectories(discarded(loop.directory));
    while (true) {
      loop.step();
      System.out.println(loop.count);
    }
  }

  private void step() throws IOException {
    int kind = random.nextInt(8);
    if (mounts.isEmpty() || (kind < 2 && mounts.size() < 5)) {
      mounts.add(mount());
      return;
    }
    OverlayMount mount = mounts.get(random.nextInt(mounts.size()));
    switch (kind) {
      case 0, 1, 2, 3 -> Files.writeString(mount.root().resolve("file" + count++), "written");
      case 4 -> start(mount.command("sleep", "1000"));
      case 5 ->
          // A program that goes on in a namespace of its own, as containers do.
          start(mount.command("bwrap", "--bind", "/", "/", "sleep", "1000"));
      default -> {
        mounts.remove(mount);
        mount.close(UnmountOptions.lazily());
      }
    }
  }

  private OverlayMount mount() throws IOException {
    OverlaySpec spec = spec();
    return spec.ephemeral().isPresent() && random.nextBoolean()
        ? RootlessMounter.mountView(
            spec,
            (asked, place, lease) -> ThrowawayUpper.onDisk(asked, lease, discarded(directory)))
        : Overlays.mount(spec, RootlessMount.BACKEND);
  }

  /** Where uppers are that were to be in memory. */
  static Path discarded(Path directory) {
    return directory.resolve("discarded");
  }

  private OverlaySpec spec() {
    OverlaySpec.Builder builder =
        OverlaySpec.builder()
            .lower(directory.resolve("lower"))
            .options(options -> options.withUserXattr(true));
    Path instance = directory.resolve("instance" + count++);
    return switch (random.nextInt(3)) {
      case 0 -> builder.ephemeral(Ephemeral.inMemory()).build();
      default -> builder.instance(instance).build();
    };
  }

  private static void start(ProcessBuilder command) throws IOException {
    command
        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(Redirect.DISCARD)
        .redirectError(Redirect.DISCARD)
        .start();
  }
}
