package dev.overlays.merge.whole;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.run.DirectoryListing;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * Makes explicit what only {@code nfs_export} views show. These do not merge a directory of the
 * upper with a directory of the lower that the mark does not name. Such a directory becomes opaque.
 * Sources: the kernel's fs/overlayfs/namei.c, {@code ovl_lookup} and {@code
 * ovl_verify_origin_xattr}, and overlayfs.h, {@code struct ovl_fb}.
 */
final class VerifiedDirectories {
  /** The length of version, magic, length, flags, type and the file system's UUID. */
  private static final int HEADER_LENGTH = 21;

  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final LayerRoots lowers;

  VerifiedDirectories(LayerChanges changes, LayerRoots lowers) {
    this.changes = changes;
    this.marks = lowers.markNamespace();
    this.lowers = lowers;
  }

  void makeOpaque(LayerDirectory upper) throws IOException {
    TreeWalk.run(new DirectoryStep(true, upper, lowers.mergedRoot()));
  }

  /** One directory of the upper with what is merged below it. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final boolean isRoot;
    private final LayerDirectory upper;
    private final MergedDirectory below;
    private Deque<Name> directories;

    DirectoryStep(boolean isRoot, LayerDirectory upper, MergedDirectory below) {
      this.isRoot = isRoot;
      this.upper = upper;
      this.below = below;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (directories == null) {
        directories = new ArrayDeque<>();
        DirectoryListing.forEach(
            upper,
            (name, type) -> {
              if (type == EntryType.DIRECTORY) {
                directories.add(name);
              }
            });
      }
      Name next = directories.poll();
      return next == null ? null : openInner(next);
    }

    private DirectoryStep openInner(Name name) throws IOException {
      MergedDirectory inner = below.below(upper, name);
      try {
        if (!inner.isInNoLayer() && !isVerified(name, inner)) {
          changes.makeOpaque(upper, name);
          try (MergedDirectory hidden = inner) {
            inner = hidden.emptyDirectory();
          }
        }
        return new DirectoryStep(false, upper.open(name), inner);
      } catch (IOException | RuntimeException | Error e) {
        closeAfter(inner, e);
        throw e;
      }
    }

    private static void closeAfter(MergedDirectory directory, Throwable failure) {
      try {
        directory.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }

    private boolean isVerified(Name name, MergedDirectory inner) throws IOException {
      MergedDirectory.ShownEntry top = inner.topEntry();
      Optional<byte[]> handle = top.directory().fileHandle(Name.SELF);
      Optional<byte[]> mark = upper.xattr(name, Mark.ORIGIN.xattr(marks));
      return handle.isEmpty() || mark.isEmpty() || namesHandle(mark.get(), handle.get());
    }

    private static boolean namesHandle(byte[] mark, byte[] handle) {
      return mark.length == HEADER_LENGTH + handle.length
          && Arrays.equals(mark, HEADER_LENGTH, mark.length, handle, 0, handle.length);
    }

    /** Leaves the roots open, which belong to the caller. */
    @Override
    public void close() throws IOException {
      if (!isRoot) {
        try (below;
            upper) {
          // Closes both, even if one of them throws.
        }
      }
    }
  }
}
