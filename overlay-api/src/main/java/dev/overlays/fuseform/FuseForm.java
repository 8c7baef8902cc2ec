package dev.overlays.fuseform;

import dev.overlays.OverlayException;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * The form in which fuse-overlayfs leaves an upper, and how it becomes the kernel's. The program
 * hides more than the kernel does: {@code .wh.NAME}, an empty file or a device, stands for a
 * deleted {@code NAME}; {@code .wh..wh..opq} for a directory that hides those below it, as does
 * {@code user.fuseoverlayfs.opaque}; and it puts such files into every directory that it makes. To
 * the kernel these are ordinary names, so nobody can tell the form of an upper by looking at it:
 * the backend that mounts it by fuse-overlayfs marks its root by {@link Mark#FUSE}, for as long as
 * it is in that form. Source: load_dir, is_directory_opaque and set_fd_opaque in the program's
 * main.c.
 */
public final class FuseForm {
  private static final byte[] YES = {'y'};

  /** The mode of the files that it makes. Source: create_whiteout in the program's main.c. */
  private static final int MODE = 0700;

  private FuseForm() {}

  /**
   * Marks an upper, before the program writes to it.
   *
   * @param upper its root
   * @param marks where marks are kept
   * @throws IOException if the mark cannot be written
   */
  public static void mark(LayerDirectory upper, MarkNamespace marks) throws IOException {
    upper.setXattr(Name.SELF, Mark.FUSE.xattr(marks), YES);
  }

  /**
   * Takes the mark off again, while nothing but what it stands for has been changed.
   *
   * @param upper its root
   * @param marks where marks are kept
   * @throws IOException if the mark cannot be removed
   */
  public static void unmark(LayerDirectory upper, MarkNamespace marks) throws IOException {
    upper.removeXattr(Name.SELF, Mark.FUSE.xattr(marks));
  }

  /**
   * Tells whether an upper is in that form, as far as this library knows.
   *
   * @param upper its root
   * @param marks where marks are kept
   * @return whether it is marked
   * @throws IOException if that cannot be read
   */
  public static boolean isMarked(LayerDirectory upper, MarkNamespace marks) throws IOException {
    return upper.xattr(Name.SELF, Mark.FUSE.xattr(marks)).isPresent();
  }

  /**
   * Turns an upper into the kernel's form if it is marked.
   *
   * @param upper its root, which no view uses
   * @param marks where marks are kept
   * @throws IOException as of {@link #convert}
   */
  public static void settle(LayerDirectory upper, MarkNamespace marks) throws IOException {
    if (isMarked(upper, marks)) {
      convert(upper, marks);
    }
  }

  /**
   * Tells whether an entry is one of those by which the program says what is deleted, in a layer
   * that need not be marked. Others may have such a name, but no empty file and no device 0:0 with
   * a mode of {@code 0700}: the kernel's whiteouts have none.
   *
   * @param directory its directory
   * @param name its name
   * @return whether the program has made it
   * @throws IOException if it cannot be told
   */
  public static boolean isMarkOfProgram(LayerDirectory directory, Name name) throws IOException {
    return FuseNames.isHiding(name)
        && FuseNames.mark(directory, name).filter(stat -> stat.mode() == MODE).isPresent();
  }

  /**
   * Shows a directory of a layer as if it were in the kernel's form, and changes nothing.
   *
   * @param directory a directory of a layer that is in the program's form, with all below it; is
   *     closed with the handle that is returned
   * @param marks where marks are kept
   * @return a handle for reading; its methods that change something throw {@link
   *     UnsupportedOperationException}, but for moving and removing what is not there, which fails
   *     as the file system lets it fail
   */
  public static LayerDirectory reading(LayerDirectory directory, MarkNamespace marks) {
    return new FuseReading(directory, marks);
  }

  /**
   * Turns a layer into the kernel's form, in place. Many operations; after every single one of them
   * the program shows the same over this layer as before, except that a crash may leave a newer
   * time of a directory; after the last one the kernel shows it, too. It can be called again after
   * a failure, and does nothing to a layer that is in the kernel's form already, but for empty
   * files with names as above, which the program has always hidden.
   *
   * <p>A directory that a user has given such a name stays what it is, with all that is in it: the
   * kernel shows it, and what has its name without {@code .wh.}, which the program hides from its
   * next mount on.
   *
   * @param layer its root, which no view uses
   * @param marks where marks are kept: {@link MarkNamespace#TRUSTED} of a layer that root's program
   *     wrote, {@link MarkNamespace#USER} of anybody else's
   * @throws OverlayException if an entry has its owner and permissions in an attribute ({@link
   *     dev.overlays.ProblemCode#MERGE_UNKNOWN_MARK}), as the program's option {@code
   *     xattr_permissions} leaves them; none of this library's mounts has that
   * @throws IOException if the layer cannot be read or written
   */
  public static void convert(LayerDirectory layer, MarkNamespace marks) throws IOException {
    new FuseConversion(marks).convert(layer);
    unmark(layer, marks);
  }
}
