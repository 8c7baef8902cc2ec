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
 * The descriptor of a directory in a layer. It is parked, which is to say closed for a while, when
 * too many are open, and opened again when it is needed: from a directory in it that is open, by
 * {@code ..}, or from the nearest one above that is open, by names. What is found has to be the
 * same inode, so a directory that has been moved or exchanged meanwhile is an error ({@link
 * Errno#ESTALE}), and never followed.
 */
final class DirectoryDescriptor extends Descriptor {
  private static final byte[] PARENT = {'.', '.'};
  private static final OpenDirectories ALL = OpenDirectories.ALL;

  private final DirectoryDescriptor parent;
  private final DirectoryDescriptor root;
  private final Name name;

  /** What has been opened in it last. */
  private volatile DirectoryDescriptor inner;

  private volatile NativeCursor cursor;
  private DirectoryIdentity identity;

  /** Of a root, how many handles find their way back from it; and whether it is closed else. */
  private int below;

  private boolean unused;

  /** The neighbours in the order of all that are open. */
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
  DirectoryDescriptor openedIn(Name entry, long number) {
    DirectoryDescriptor opened = new DirectoryDescriptor(this, entry, number);
    synchronized (ALL) {
      ALL.addDirectory(opened);
      root.below++;
    }
    inner = opened;
    return opened;
  }

  /** Remembers who goes through its listing: where that is has to outlast the number. */
  void listedBy(NativeCursor now) {
    NativeCursor last = cursor;
    cursor = now;
    if (last != null) {
      last.endListing();
    }
  }

  /** Makes ready for the way back to the directory around it, and closes this. */
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

  /** The number of a root goes with the last handle that needs it. */
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
      close(root.lastNumber());
    }
  }

  private static void close(long number) {
    Kernel.attempt(Syscall.CLOSE, number);
  }

  /** Parks it, unless it is in use. */
  boolean mayPark() {
    if (!parkDescriptor()) {
      return false;
    }
    identity = StatCall.identityOf(ALL.borrowScratch(), lastNumber());
    if (identity == null || (cursor != null && !cursor.readAhead(lastNumber()))) {
      resumeWith(lastNumber());
      return false;
    }
    ALL.removeDirectory(this);
    close(lastNumber());
    return true;
  }

  @Override
  protected long reopenHandle() {
    synchronized (ALL) {
      DirectoryDescriptor open = inner;
      if (!isParked() || (open != null && reviveFrom(open))) {
        return 0;
      }
      long found = fromAbove();
      if (found == -Errno.EMFILE.number() && ALL.parkAll()) {
        found = fromAbove();
      }
      if (found < 0) {
        return found == -Errno.ENOENT.number() ? -Errno.ESTALE.number() : found;
      }
      return acceptNumber(found) ? 0 : -Errno.ESTALE.number();
    }
  }

  /** Tells whether a directory that was in this one still is, and has led back to it. */
  private boolean reviveFrom(DirectoryDescriptor open) {
    if (!open.holdIfOpen()) {
      return false;
    }
    try {
      ALL.makeRoom();
      ScratchMemory scratch = ALL.borrowScratch();
      long path = scratch.putString(PARENT);
      long found = DirectoryOpen.openAgain(scratch, open.lastNumber(), path);
      return found >= 0 && acceptNumber(found);
    } finally {
      open.releaseUse();
    }
  }

  /** Goes down from the nearest directory that is open; returns the negative error number. */
  private long fromAbove() {
    Deque<Name> names = new ArrayDeque<>();
    DirectoryDescriptor above = this;
    do {
      names.push(above.name);
      above = above.parent;
    } while (above != root && !above.holdIfOpen());
    ALL.makeRoom();
    ScratchMemory scratch = ALL.borrowScratch();
    long found = above.lastNumber();
    for (Name next : names) {
      long outer = found;
      found = DirectoryOpen.openAgain(scratch, (int) outer, scratch.putString(next));
      if (outer != above.lastNumber()) {
        close(outer);
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

  /** Takes a number, if it leads to the same directory as the one before. */
  private boolean acceptNumber(long found) {
    boolean same = identity.equals(StatCall.identityOf(ALL.borrowScratch(), (int) found));
    if (!same || (cursor != null && !cursor.goOn((int) found))) {
      close(found);
      return false;
    }
    ALL.addDirectory(this);
    resumeWith(found);
    return true;
  }
}
