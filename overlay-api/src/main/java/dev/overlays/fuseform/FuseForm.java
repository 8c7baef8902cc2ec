package dev.overlays.fuseform;

import dev.overlays.OverlayException;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * The form in which fuse-overlayfs leaves an upper, and its conversion to the kernel's form. The
 * program uses marks of its own: {@code .wh.NAME}, an empty file or a device, stands for a deleted
 * {@code NAME}; {@code .wh..wh..opq}, or the attribute {@code user.fuseoverlayfs.opaque}, makes a
 * directory opaque; and the program puts such files into every directory that it creates. To the
 * kernel these are ordinary names, so the form of an upper cannot be told from its content.
 * Therefore the backend that mounts it with fuse-overlayfs sets {@link Mark#FUSE} on its root for
 * as long as the upper is in that form. Source: load_dir, is_directory_opaque and set_fd_opaque in
 * the program's main.c.
 */
public final class FuseForm {
  private static final byte[] YES = {'y'};

  /**
   * The mode of the files that the program makes. Source: create_whiteout in the program's main.c.
   */
  private static final int HIDING_MODE = 0700;

  private FuseForm() {}

  /**
   * Marks an upper, before the program writes to it.
   *
   * @param upper its root
   * @param marks where marks are kept
   * @throws IOException if the mark cannot be written
   */
  public static void markUpper(LayerDirectory upper, MarkNamespace marks) throws IOException {
    upper.setXattr(Name.SELF, Mark.FUSE.xattr(marks), YES);
  }

  /**
   * Removes the mark, while nothing but the mark has been changed or after the conversion.
   *
   * @param upper its root
   * @param marks where marks are kept
   * @throws IOException if the mark cannot be removed
   */
  public static void unmarkUpper(LayerDirectory upper, MarkNamespace marks) throws IOException {
    upper.removeXattr(Name.SELF, Mark.FUSE.xattr(marks));
  }

  /**
   * Tells whether an upper is marked as in the program's form.
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
   * Converts an upper to the kernel's form if it is marked.
   *
   * @param upper its root, which no view uses
   * @param marks where marks are kept
   * @throws IOException as of {@link #convert}
   */
  public static void convertIfMarked(LayerDirectory upper, MarkNamespace marks) throws IOException {
    if (isMarked(upper, marks)) {
      convert(upper, marks);
    }
  }

  /**
   * Tells whether an entry is one of those by which the program hides others. The layer need not be
   * marked. Other entries may have such a name, but they are not empty files or devices 0:0 with
   * the mode {@code 0700}: the kernel's whiteouts have no permissions.
   *
   * @param directory its directory
   * @param name its name
   * @return whether the program made it
   * @throws IOException if it cannot be told
   */
  public static boolean isHidingEntry(LayerDirectory directory, Name name) throws IOException {
    return FuseNames.isHidingName(name)
        && FuseNames.hidingEntry(directory, name)
            .filter(stat -> stat.mode() == HIDING_MODE)
            .isPresent();
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
  public static LayerDirectory showConverted(LayerDirectory directory, MarkNamespace marks) {
    return new ConvertedDirectory(directory, marks);
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
    new FuseConversion(marks).convertTree(layer);
    unmarkUpper(layer, marks);
  }
}
