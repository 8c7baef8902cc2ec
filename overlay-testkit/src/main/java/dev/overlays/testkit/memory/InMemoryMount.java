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
final class InMemoryMount implements OverlayMount {
  /** All mounted views in mount order; also the lock for mounting and unmounting. */
  static final List<OverlayMount> ALL = new ArrayList<>();

  /** Forgets the views that are closed, so that nothing keeps their layers in memory. */
  static void forgetClosed() {
    synchronized (ALL) {
      ALL.removeIf(mount -> !mount.isMounted());
    }
  }

  private final OverlaySpec spec;
  private final UnionFileSystem view;
  private final Closeable hold;

  private InMemoryMount(OverlaySpec spec, UnionFileSystem view, Closeable hold) {
    this.spec = spec;
    this.view = view;
    this.hold = hold;
  }

  static InMemoryMount of(OverlaySpec spec, UnionFileSystem view, Closeable hold) {
    return new InMemoryMount(spec, view, hold);
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
      waitUntilIdle(options);
      synchronized (ALL) {
        try {
          closeView(options);
        } finally {
          forgetClosed();
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

  private void closeView(UnmountOptions options) throws IOException {
    if (options.lazy()) {
      view.closeWhenIdle(hold);
    } else if (view.isOpen() && !closeIfIdle()) {
      throw busyException("The view is in use, so it stays mounted.");
    }
  }

  /**
   * Closes the view if nothing in it is open, and then holds its layers no longer, even if a layer
   * cannot be closed.
   */
  private boolean closeIfIdle() throws IOException {
    try {
      return view.closeIfIdle();
    } finally {
      if (!view.isOpen()) {
        hold.close();
      }
    }
  }

  @Override
  public ProcessBuilder command(List<String> command) {
    throw new UnsupportedOperationException("only this JVM sees a view in memory");
  }

  @Override
  public void remount(boolean readOnly) throws OverlayException {
    if (!view.isOpen()) {
      throw notRemounted("The view is closed.");
    }
    if (!readOnly && spec.upper().isEmpty()) {
      throw notRemounted("The view has no upper to write to.");
    }
    if (!view.remount(readOnly)) {
      throw busyException("Files of the view are open for writing.");
    }
  }

  private OverlayException notRemounted(String why) {
    return new OverlayException(
        Problem.of(
            ProblemCode.REMOUNT_REFUSED,
            spec.lowers().get(0),
            why,
            "Mount it anew, with an upper."));
  }

  private void waitUntilIdle(UnmountOptions options) {
    if (!options.patience().isZero() && view.isOpen()) {
      try {
        view.waitUntilIdle(options.patience());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private OverlayException busyException(String what) {
    List<Problem> problems = new ArrayList<>();
    problems.add(
        Problem.of(
            ProblemCode.MOUNT_BUSY,
            root(),
            what,
            "Close what is named here, and close again; or close with"
                + " UnmountOptions.waitingUpTo(duration)."));
    problems.addAll(holders());
    return new OverlayException(problems);
  }

  @Override
  public List<Problem> holders() {
    List<Problem> problems = new ArrayList<>();
    for (OpenHandle handle : view.isOpen() ? view.openHandles() : List.<OpenHandle>of()) {
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
