package dev.overlays.merge;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the work directory tells of an upper. Source: the kernel's fs/overlayfs/super.c, {@code
 * ovl_create_volatile_dirty} and {@code ovl_get_indexdir}.
 */
final class WorkCheck {
  private static final Name WORK = Name.of("work");
  private static final Name INCOMPATIBLE = Name.of("incompat");
  private static final Name INDEX = Name.of("index");

  private WorkCheck() {}

  static List<Problem> check(OverlaySpec spec, LayerStore store) throws IOException {
    List<Problem> problems = new ArrayList<>();
    try (LayerDirectory work = store.open(spec.work().orElseThrow())) {
      if (holdsSomething(work, INDEX)) {
        problems.add(
            Problem.of(
                ProblemCode.MERGE_INDEX,
                LayerEntries.path(work, INDEX),
                "The work directory holds an index of the upper, which a merge would make stale.",
                "Mount the view with index=off and nfs_export=off, and remove this directory"
                    + " while it is not mounted."));
      }
      if (isDirectory(work, WORK)) {
        try (LayerDirectory inner = work.open(WORK)) {
          if (holdsSomething(inner, INCOMPATIBLE)) {
            problems.add(volatileLeftover(inner));
          }
        }
      }
    } catch (NoSuchFileException e) {
      // Without a work directory there is nothing in it.
    }
    return problems;
  }

  private static Problem volatileLeftover(LayerDirectory work) {
    return Problem.of(
        ProblemCode.VOLATILE_LEFTOVER,
        LayerEntries.path(work, INCOMPATIBLE),
        "A volatile mount wrote to this upper and synced nothing: after a crash of the machine its"
            + " files may be damaged, and a merge would put them into the lower.",
        "If the machine has not crashed since, remove this directory and merge again; otherwise"
            + " throw upper and work away.");
  }

  private static boolean holdsSomething(LayerDirectory directory, Name name) throws IOException {
    if (!isDirectory(directory, name)) {
      return false;
    }
    try (LayerDirectory inner = directory.open(name)) {
      return inner.entries().next() != null;
    }
  }

  private static boolean isDirectory(LayerDirectory directory, Name name) throws IOException {
    return directory.stat(name).filter(EntryStat::isDirectory).isPresent();
  }
}
