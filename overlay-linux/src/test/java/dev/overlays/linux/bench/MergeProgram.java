package dev.overlays.linux.bench;

import dev.overlays.OverlaySpec;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Path;

/** A merge as a program, as a script would start it. */
public final class MergeProgram {
  private MergeProgram() {}

  /** Takes the lower, the upper, the work directory and the number of workers. */
  public static void main(String[] args) throws IOException {
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(Path.of(args[0]))
            .upper(Path.of(args[1]))
            .work(Path.of(args[2]))
            .mountPoint(Path.of(args[2]).resolveSibling("mnts"))
            .build();
    System.out.println(OverlayMerge.of(spec).workers(Integer.parseInt(args[3])).run());
  }
}
