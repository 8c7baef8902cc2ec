package dev.overlays.linux.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program that is run by {@code bin/java} of a home that the library makes. */
final class LaunchedProgram {
  private LaunchedProgram() {}

  /** Does what its first argument says. */
  public static void main(String[] arguments) throws IOException {
    switch (arguments[0]) {
      case "mount" -> mount(Path.of(arguments[1]));
      case "echo" -> {
        System.out.print(String.join("|", arguments) + " ");
        System.out.write(System.in.readAllBytes());
        System.out.flush();
        System.exit(42);
      }
      case "wait" -> {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ended")));
        System.out.println(ProcessHandle.current().pid());
        System.in.read();
      }
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  /** By paths as any program has them. */
  private static void mount(Path place) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(Files.createDirectories(place.resolve("lower")))
            .instance(Files.createDirectories(place.resolve("instance")))
            .build();
    try (OverlayMount view = Overlays.mount(spec)) {
      File made = new File(view.root().toFile(), "made/by").getCanonicalFile();
      if (!made.mkdirs()) {
        throw new IOException(made + " is not made");
      }
      Files.writeString(made.toPath().resolve("file"), "written", UTF_8);
      System.out.println(view.backend() + " " + view.root().toRealPath());
    }
  }
}
