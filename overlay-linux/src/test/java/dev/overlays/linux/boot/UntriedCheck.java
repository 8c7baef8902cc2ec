package dev.overlays.linux.boot;

import dev.overlays.OverlaySpec;
import java.io.IOException;
import java.nio.file.Path;

/** The main class of a JVM that prints what the check says of an entry. */
final class UntriedCheck {
  private UntriedCheck() {}

  /** Takes the directory that has the layers. */
  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(root.resolve("lower"))
            .upper(root.resolve("upper"))
            .work(root.resolve("work"))
            .mountPoint(root.resolve("mnts"))
            .options(options -> options.withUserXattr(true))
            .build();
    BootCheck check = BootCheck.of(FstabEntry.of(spec));
    System.out.println(check.problems() + " " + check.untried());
  }
}
