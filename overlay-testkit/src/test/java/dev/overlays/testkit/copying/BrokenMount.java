package dev.overlays.testkit.copying;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;

/** A mount of the copying backend with one defect. */
final class BrokenMount implements OverlayMount {
  private final CopyMount good;
  private final OverlaySpec spec;
  private final BackendDefect defect;
  private boolean closed;

  BrokenMount(CopyMount good, OverlaySpec spec, BackendDefect defect) {
    this.good = good;
    this.spec = spec;
    this.defect = defect;
  }

  @Override
  public Path root() {
    return good.root();
  }

  @Override
  public OverlaySpec spec() {
    return defect == BackendDefect.TELLS_ANOTHER_SPEC
        ? spec.toBuilder().privatePath("another").build()
        : spec;
  }

  @Override
  public String backend() {
    return good.backend();
  }

  @Override
  public boolean isMounted() {
    return defect == BackendDefect.IS_MOUNTED_FOR_EVER || good.isMounted();
  }

  @Override
  public void close(UnmountOptions options) throws OverlayException {
    try {
      if (closed) {
        closeAgain(options);
        return;
      }
      closed = true;
      breakBeforeClose();
      good.close(options);
      breakAfterClose();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void closeAgain(UnmountOptions options) throws OverlayException {
    if (defect == BackendDefect.CLOSES_ONCE_ONLY) {
      throw new OverlayException(
          Problem.of(ProblemCode.UNMOUNT_REFUSED, root(), "It is not mounted.", "Mount it."));
    }
    if (defect == BackendDefect.CLOSES_THE_NEXT_ONE) {
      for (OverlayMount other : new CopyBackend().mounted()) {
        if (other.root().equals(root())) {
          other.close(options);
        }
      }
    }
    good.close(options);
  }

  private void breakBeforeClose() throws IOException {
    switch (defect) {
      case WRITES_TO_A_LOWER -> Files.writeString(spec.lowers().get(0).resolve("stray"), "");
      case FORGETS_TIMES -> touchAll(root());
      default -> {}
    }
  }

  private void breakAfterClose() throws IOException {
    switch (defect) {
      case FORGETS_WHAT_WAS_WRITTEN -> removeFromUpper(false);
      case FORGETS_DELETIONS -> removeFromUpper(true);
      case KEEPS_SHOWING -> {
        Files.createDirectories(root());
        for (String name : new String[] {"file", "directory"}) {
          Files.writeString(root().resolve(name), "");
        }
      }
      default -> {}
    }
  }

  private static void touchAll(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(path, FileTime.fromMillis(0));
      }
    }
  }

  /** Removes whiteouts, or everything else. */
  private void removeFromUpper(boolean whiteouts) throws IOException {
    Path path = spec.upper().orElseThrow();
    try (LayerDirectory upper = LayerStore.of(path).open(path)) {
      EntryCursor entries = upper.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        EntryStat stat = LayerEntries.requireStat(upper, entry.name());
        if (stat.isWhiteoutDevice() == whiteouts) {
          LayerEntries.removeTree(upper, entry.name());
        }
      }
    }
  }
}
