package dev.overlays.linux.rootless;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Writes to a view as an ordinary user, and leaves the upper there. */
class WrittenByAUser {
  static OverlaySpec.Builder spec(Path place) {
    return OverlaySpec.builder()
        .lower(place.resolve("lower"))
        .instance(place.resolve("instance"))
        .options(options -> options.withUserXattr(true));
  }

  @Test
  void write() throws IOException {
    Path place = Path.of(System.getProperty("java.io.tmpdir"));
    Files.createDirectories(place.resolve("lower/directory"));
    for (String file : new String[] {"gone", "directory/inner", "directory/gone"}) {
      Files.writeString(place.resolve("lower").resolve(file), "lower");
    }
    try (OverlayMount mount = Overlays.mount(spec(place).build(), RootlessMount.BACKEND)) {
      Files.delete(mount.root().resolve("gone"));
      Files.delete(mount.root().resolve("directory/gone"));
      Files.writeString(mount.root().resolve("directory/inner"), "changed");
      Files.writeString(mount.root().resolve("new"), "new");
    }
  }
}
