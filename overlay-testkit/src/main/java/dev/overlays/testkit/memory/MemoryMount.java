package dev.overlays.testkit.memory;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.testkit.union.OpenHandle;
import dev.overlays.testkit.union.UnionFileSystem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A view inside this JVM. */
final class MemoryMount implements OverlayMount {
  /** Those that are mounted, in the order in which they were; also the lock for that. */
  static final List<MemoryMount> ALL = new ArrayList<>();

  private final OverlaySpec spec;
  private final UnionFileSystem view;
  private final Closeable hold;

  private MemoryMount(OverlaySpec spec, UnionFileSystem view, Closeable hold) {
    this.spec = spec;
    this.view = view;
    this.hold = hold;
  }

  static MemoryMount of(OverlaySpec spec, UnionFileSystem view, Closeable hold) {
    MemoryMount mount = new MemoryMount(spec, view, hold);
    ALL.add(mount);
    return mount;
  }

  @Override
  public Path root() {
    return view.getPath("/");
  }

  @Override
  public OverlaySpec spec() {
    return spec;
  }

  @Override
  public String backend() {
    return InMemoryBackend.NAME;
  }

  @Override
  public boolean isMounted() {
    return view.isOpen();
  }

  @Override
  public void close(UnmountOptions options) throws OverlayException {
    try {
      waitFor(options);
      synchronized (ALL) {
        if (options.lazy()) {
          ALL.remove(this);
          view.closeWhenIdle(hold);
        } else if (!view.isOpen()) {
          return;
        } else if (view.closeIfIdle()) {
          ALL.remove(this);
          hold.close();
        } else {
          throw new OverlayException(holders());
        }
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.UNMOUNT_REFUSED,
                  spec.lowers().get(0),
                  "The layers of the view cannot be closed: " + e + ".",
                  "Look at the cause; the view is gone.")),
          e);
    }
  }

  private void waitFor(UnmountOptions options) {
    if (!options.patience().isZero() && view.isOpen()) {
      try {
        view.waitUntilIdle(options.patience());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private List<Problem> holders() {
    List<Problem> problems = new ArrayList<>();
    problems.add(
        Problem.of(
            ProblemCode.MOUNT_BUSY,
            root(),
            "The view is in use, so it stays mounted.",
            "Close what is named here, and close again; or close with"
                + " UnmountOptions.waitingUpTo(duration)."));
    for (OpenHandle handle : view.openHandles()) {
      problems.add(
          Problem.of(
              ProblemCode.MOUNT_HELD,
              handle.path(),
              "This JVM has it open: "
                  + handle.kind().name().toLowerCase(Locale.ROOT)
                  + " "
                  + handle.path()
                  + ".",
              "Close the streams and channels of the view."));
    }
    return problems;
  }
}
