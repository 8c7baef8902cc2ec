package dev.overlays.linux.layer;

import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The descriptor of a directory in a layer. When too many are open it is parked, that is, closed
 * for a while, and opened again when it is needed: from an open directory in it by {@code ..}, or
 * from the nearest open directory above it by names. The result has to be the same inode, so a
 * directory that was moved or replaced meanwhile is an error ({@link Errno#ESTALE}), and never
 * followed.
 */
final class DirectoryDescriptor extends Descriptor {
  private static final byte[] PARENT = {'.', '.'};
  private static final OpenDirectories ALL = OpenDirectories.ALL;

  private final DirectoryDescriptor parent;
  private final DirectoryDescriptor root;
  private final Name name;

  /** The directory that was opened in it last. */
  private volatile DirectoryDescriptor inner;

  private volatile NativeCursor cursor;
  private DirectoryIdentity identity;

  /**
   * For a root: how many descriptors are reopened from it, and whether its own handle is closed.
   */
  private int below;

  private boolean unused;

  /** The neighbours in the list of all open directories. */
  DirectoryDescriptor before;

  DirectoryDescriptor after;

  private DirectoryDescriptor(DirectoryDescriptor parent, Name name, long number) {
    super(number);
    this.parent = parent;
    this.name = name;
    root = parent == null ? this : parent.root;
  }

  /** Takes over the descriptor of the root of a layer, which is never parked. */
  static DirectoryDescriptor rootOf(long number) {
    return new DirectoryDescriptor(null, null, number);
  }

  /** Takes over the descriptor of a directory in this one. */
  DirectoryDescriptor adoptChild(Name entry, long number) {
    DirectoryDescriptor opened = new DirectoryDescriptor(this, entry, number);
    synchronized (ALL) {
      ALL.addDirectory(opened);
      root.below++;
    }
    inner = opened;
    return opened;
  }

  /** Sets the cursor that reads its listing, whose position has to outlast the number. */
  void replaceCursor(NativeCursor now) {
    NativeCursor last = cursor;
    cursor = now;
    if (last != null) {
      last.endListing();
    }
  }

  /** Reopens a parked parent from this directory, then closes it. */
  @Override
  public void close() {
    synchronized (ALL) {
      if (isClosed()) {
        return;
      }
      if (parent != null && parent.isParked()) {
        parent.reviveFrom(this);
      }
      boolean hasNoNumber = isParked();
      super.close();
      if (hasNoNumber) {
        endUse();
      }
    }
  }

  @Override
  protected void returnNumber() {
    synchronized (ALL) {
      if (parent != null) {
        ALL.removeDirectory(this);
        super.returnNumber();
      } else {
        unused = true;
      }
      endUse();
    }
  }

  /** Ends the use. The number of a root is closed with the last descriptor that needs it. */
  private void endUse() {
    if (cursor != null) {
      cursor.endListing();
    }
    if (parent != null) {
      root.below--;
      if (parent.inner == this) {
        parent.inner = null;
      }
    }
    if (root.unused && root.below == 0) {
      closeNumber(root.lastNumber());
    }
  }

  private static void closeNumber(long number) {
    Kernel.attempt(Syscall.CLOSE, number);
  }

  /** Parks the descriptor unless it is in use; returns whether it is parked now. */
  boolean tryPark() {
    if (!parkNumber()) {
      return false;
    }
    identity = StatCall.identityOf(ALL.lockedScratch(), lastNumber());
    if (identity == null || (cursor != null && !cursor.readAhead(lastNumber()))) {
      resumeWith(lastNumber());
      return false;
    }
    ALL.removeDirectory(this);
    closeNumber(lastNumber());
    return true;
  }

  @Override
  protected long reopenParked() {
    synchronized (ALL) {
      DirectoryDescriptor open = inner;
      if (!isParked() || (open != null && reviveFrom(open))) {
        return 0;
      }
      long found = openFromAbove();
      if (found == -Errno.EMFILE.number() && ALL.parkAll()) {
        found = openFromAbove();
      }
      if (found < 0) {
        return found == -Errno.ENOENT.number() ? -Errno.ESTALE.number() : found;
      }
      return acceptNumber(found) ? 0 : -Errno.ESTALE.number();
    }
  }

  /** Reopens this directory from an open one in it; returns false if that one is elsewhere now. */
  private boolean reviveFrom(DirectoryDescriptor open) {
    if (!open.holdIfOpen()) {
      return false;
    }
    try {
      ALL.makeRoom();
      ScratchMemory scratch = ALL.lockedScratch();
      long path = scratch.putString(PARENT);
      long found = DirectoryOpener.openAgain(scratch, open.lastNumber(), path);
      return found >= 0 && acceptNumber(found);
    } finally {
      open.releaseUse();
    }
  }

  /**
   * Opens this directory from the nearest open directory above it; returns its number or the
   * negative error number.
   */
  private long openFromAbove() {
    Deque<Name> names = new ArrayDeque<>();
    DirectoryDescriptor above = this;
    do {
      names.push(above.name);
      above = above.parent;
    } while (above != root && !above.holdIfOpen());
    ALL.makeRoom();
    ScratchMemory scratch = ALL.lockedScratch();
    long found = above.lastNumber();
    for (Name next : names) {
      long outer = found;
      found = DirectoryOpener.openAgain(scratch, (int) outer, scratch.putString(next));
      if (outer != above.lastNumber()) {
        closeNumber(outer);
      }
      if (found < 0) {
        break;
      }
    }
    if (above != root) {
      above.releaseUse();
    }
    return found;
  }

  /** Adopts a number if it leads to the same directory as before. */
  private boolean acceptNumber(long found) {
    boolean same = identity.equals(StatCall.identityOf(ALL.lockedScratch(), (int) found));
    if (!same || (cursor != null && !cursor.continueOn((int) found))) {
      closeNumber(found);
      return false;
    }
    ALL.addDirectory(this);
    resumeWith(found);
    return true;
  }
}
