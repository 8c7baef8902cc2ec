package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.linux.namespace.UserNamespace;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The namespace that the views of this JVM share: started with the first, ended with the last. What
 * was mounted on the machine since need not have come in; whoever needs it gets a new one, and the
 * old one stays as long as somebody uses it. So does whoever comes while its shell does not answer.
 */
final class SharedNamespace {
  /** For the fields alone: nobody waits for a process while they have it. */
  private static final Object LOCK = new Object();

  private static final ReentrantLock STARTING = new ReentrantLock();
  private static final long LONGEST_START_SECONDS = 30;
  private static SharedNamespace current;

  private final UserNamespace namespace;
  private final ProgramPlaces programs;
  private int users;
  private boolean ended;

  private SharedNamespace(UserNamespace namespace) {
    this.namespace = namespace;
    programs = new ProgramPlaces(namespace);
  }

  /** A use of a namespace, to be closed once. */
  static final class NamespaceLease implements AutoCloseable {
    private final SharedNamespace shared;
    private boolean closed;

    private NamespaceLease(SharedNamespace shared) {
      this.shared = shared;
      shared.users++;
    }

    UserNamespace leasedNamespace() {
      return shared.namespace;
    }

    ProgramPlaces programPlaces() {
      return shared.programs;
    }

    /** Takes the same namespace into use once more. */
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
        shared.users--;
      }
      shared.endIfUnused();
    }
  }

  /**
   * Takes the namespace into use.
   *
   * @param paths what it must have as this process sees it
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

  /** Who has waited too long, or is interrupted, starts one that the others do not know of. */
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
   * Not while programs are in there that were started in a view: they are to end with this JVM at
   * the latest, and only the shell sees to that.
   */
  private void endIfUnused() {
    synchronized (LOCK) {
      if (users > 0 || ended) {
        return;
      }
    }
    if (namespace.hasOthers()) {
      return;
    }
    synchronized (LOCK) {
      if (users > 0 || ended) {
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
