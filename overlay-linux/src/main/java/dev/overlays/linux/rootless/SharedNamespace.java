package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.linux.namespace.Namespace;
import java.util.List;

/**
 * The namespace that the views of this JVM share: started with the first, ended with the last. What
 * was mounted on the machine since need not have come in; whoever needs it gets a new one, and the
 * old one stays as long as somebody uses it.
 */
final class SharedNamespace {
  private static final Object LOCK = new Object();
  private static SharedNamespace current;

  private final Namespace namespace;
  private int users;

  private SharedNamespace(Namespace namespace) {
    this.namespace = namespace;
  }

  /** A use of a namespace, to be closed once. */
  static final class Lease implements AutoCloseable {
    private final SharedNamespace shared;
    private boolean closed;

    private Lease(SharedNamespace shared) {
      this.shared = shared;
      shared.users++;
    }

    Namespace namespace() {
      return shared.namespace;
    }

    @Override
    public void close() {
      synchronized (LOCK) {
        if (!closed) {
          closed = true;
          shared.users--;
          shared.endIfUnused();
        }
      }
    }
  }

  /**
   * Takes the namespace into use.
   *
   * @param paths what it must have as this process sees it
   */
  static Lease lease(List<NeededPath> paths) throws OverlayException {
    synchronized (LOCK) {
      if (current == null || !current.namespace.isAlive() || !current.has(paths)) {
        current = new SharedNamespace(Namespace.start());
      }
      return new Lease(current);
    }
  }

  private boolean has(List<NeededPath> paths) {
    return paths.stream().allMatch(path -> path.isSeenIn(namespace));
  }

  /**
   * Not while programs are in there that were started in a view: they are to end with this JVM at
   * the latest, and only the shell sees to that.
   */
  private void endIfUnused() {
    if (users == 0 && !namespace.hasOthers()) {
      if (current == this) {
        current = null;
      }
      namespace.close();
    }
  }
}
