package dev.overlays.linux.boot;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.PathBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The main class of a JVM that prints what the check says of paths that are not ASCII. */
final class LocaleCheck {
  private LocaleCheck() {}

  /** Takes a directory to make the layers in. */
  public static void main(String[] arguments) throws IOException {
    String name = arguments[0] + "/\u00c3\u00a9 ";
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(made(name + "lower"))
            .upper(made(name + "upper"))
            .work(made(name + "work"))
            .mountPoint(made(name + "mnts"))
            .build();
    for (BootCheck check :
        new BootCheck[] {BootCheck.of(FstabEntry.of(spec)), BootCheck.of(SystemdUnit.of(spec))}) {
      System.out.println(check.problems() + " " + check.untried());
    }
  }

  private static Path made(String name) throws IOException {
    return Files.createDirectory(PathBytes.toPath(ByteText.bytesOf(name)));
  }
}
