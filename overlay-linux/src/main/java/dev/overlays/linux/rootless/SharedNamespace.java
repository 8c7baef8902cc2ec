package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.linux.namespace.UserNamespace;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The namespace that the views of this JVM share: it starts with the first view and ends with the
 * last. It may lack file systems that were mounted on the machine later. A view that needs one of
 * them, or that comes while the shell does not answer, gets a new namespace, and the old one stays
 * as long as it is used.
 */
final class SharedNamespace {
  /** Guards the fields only; no thread waits for a process while holding it. */
  private static final Object LOCK = new Object();

  private static final ReentrantLock STARTING = new ReentrantLock();
  private static final long LONGEST_START_SECONDS = 30;
  private static SharedNamespace current;

  private final UserNamespace namespace;
  private final ProgramPlaces programs;
  private int leases;
  private boolean ended;

  private SharedNamespace(UserNamespace namespace) {
    this.namespace = namespace;
    programs = new ProgramPlaces(namespace);
  }

  /** One use of a namespace, to be closed once. */
  static final class NamespaceLease implements AutoCloseable {
    private final SharedNamespace shared;
    private boolean closed;

    private NamespaceLease(SharedNamespace shared) {
      this.shared = shared;
      shared.leases++;
    }

    UserNamespace leasedNamespace() {
      return shared.namespace;
    }

    ProgramPlaces programPlaces() {
      return shared.programs;
    }

    /** Makes another lease of the same namespace. */
    NamespaceLease leaseAgain() {
      synchronized (LOCK) {
        return new NamespaceLease(shared);
      }
    }

    @Override
    public void close() {
      synchronized (LOCK) {
        if (closed) {
          return;
        }
        closed = true;
        shared.leases--;
      }
      shared.endIfUnused();
    }
  }

  /**
   * Leases the shared namespace, or a new one.
   *
   * @param paths the directories that it must see as this process does
   */
  static NamespaceLease leaseNamespace(List<NeededPath> paths) throws OverlayException {
    Optional<NamespaceLease> lease = leaseCurrent(paths);
    if (lease.isPresent()) {
      return lease.get();
    }
    boolean alone = awaitTurn();
    try {
      lease = leaseCurrent(paths);
      return lease.isPresent() ? lease.get() : startNew();
    } finally {
      if (alone) {
        STARTING.unlock();
      }
    }
  }

  /**
   * Waits until no other thread starts a namespace. A thread that waits too long or is interrupted
   * starts one itself, in parallel.
   */
  private static boolean awaitTurn() {
    try {
      return STARTING.tryLock(LONGEST_START_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Optional<NamespaceLease> leaseCurrent(List<NeededPath> paths) {
    NamespaceLease lease;
    synchronized (LOCK) {
      if (current == null || !current.namespace.isAlive() || current.namespace.isSilent()) {
        return Optional.empty();
      }
      lease = new NamespaceLease(current);
    }
    if (paths.stream().allMatch(path -> path.isSeenIn(lease.leasedNamespace()))) {
      return Optional.of(lease);
    }
    lease.close();
    return Optional.empty();
  }

  private static NamespaceLease startNew() throws OverlayException {
    SharedNamespace started = new SharedNamespace(UserNamespace.startForViews());
    synchronized (LOCK) {
      current = started;
      return new NamespaceLease(started);
    }
  }

  /**
   * Ends the namespace if no view uses it. It stays while programs that were started in a view run
   * in it: they must end with this JVM at the latest, and only the shell ensures that.
   */
  private void endIfUnused() {
    synchronized (LOCK) {
      if (leases > 0 || ended) {
        return;
      }
    }
    if (namespace.hasOthers()) {
      return;
    }
    synchronized (LOCK) {
      if (leases > 0 || ended) {
        return;
      }
      ended = true;
      if (current == this) {
        current = null;
      }
    }
    namespace.close();
  }
}
