package dev.overlays.layer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;

/** Operations on entries of layers that are needed in many places. */
public final class LayerEntries {
  /** {@code rwx------}. */
  private static final int OWNER_ONLY = 0x1c0;

  private LayerEntries() {}

  /**
   * Returns the path of an entry for messages. It need not lead back to the entry: bytes that are
   * not characters in this locale are replaced by {@code ?}.
   *
   * @param directory its directory
   * @param name its name
   * @return the path
   */
  public static Path pathOf(LayerDirectory directory, Name name) {
    return printablePath(name.equals(Name.SELF) ? directory.toString() : directory + "/" + name);
  }

  /**
   * Returns a path for messages, whatever characters it contains.
   *
   * @param path the text of {@link LayerDirectory#toString()} or of a {@code FileSystemException}
   * @return the path, with {@code ?} for everything that is not a character in this locale
   */
  public static Path printablePath(String path) {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      return Path.of(path.replaceAll("[^\\x20-\\x7e]", "?"));
    }
  }

  /**
   * Returns why an operation failed, for the middle of a sentence. The JDK has no words for the
   * most common reasons.
   *
   * @param failure the failure
   * @return the reason that it states; otherwise what its type means, or the name of the type
   */
  public static String reasonOf(FileSystemException failure) {
    if (failure.getReason() != null) {
      return failure.getReason();
    }
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof NotDirectoryException) {
      return "not a directory";
    }
    return failure instanceof FileAlreadyExistsException
        ? "it exists already"
        : failure.getClass().getSimpleName();
  }

  /**
   * Returns the attributes of an entry that must exist.
   *
   * @param directory its directory
   * @param name its name
   * @return its attributes
   * @throws NoSuchFileException if it does not exist
   * @throws IOException if it cannot be read
   */
  public static EntryStat requireStat(LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty()) {
      throw new NoSuchFileException(pathOf(directory, name).toString());
    }
    return stat.get();
  }

  /**
   * Tells whether an entry is a whiteout: a character device 0:0, or an empty file with the mark of
   * a whiteout.
   *
   * @param directory its directory
   * @param name its name
   * @param stat what it is
   * @param marks where marks are kept
   * @return whether it is a whiteout
   * @throws IOException if its mark cannot be read
   */
  public static boolean isWhiteout(
      LayerDirectory directory, Name name, EntryStat stat, MarkNamespace marks) throws IOException {
    return stat.isWhiteoutDevice()
        || (stat.type() == EntryType.FILE
            && stat.size() == 0
            && directory.xattr(name, Mark.WHITEOUT.xattr(marks)).isPresent());
  }

  /**
   * Tells whether a directory hides the directories of the same name in the layers below.
   *
   * @param directory the directory that it is in
   * @param name its name
   * @param marks where marks are kept
   * @return whether its opaque mark is {@code y}
   * @throws IOException if its mark cannot be read
   */
  public static boolean isOpaque(LayerDirectory directory, Name name, MarkNamespace marks)
      throws IOException {
    return directory
        .xattr(name, Mark.OPAQUE.xattr(marks))
        .filter(value -> new String(value, StandardCharsets.US_ASCII).equals("y"))
        .isPresent();
  }

  /**
   * Removes an entry with everything in it. This takes many operations; it can be called again
   * after a failure. Does nothing if there is no such entry.
   *
   * @param directory the directory that it is in
   * @param name its name
   * @throws IOException if something in it cannot be removed
   */
  public static void removeTree(LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty()) {
      return;
    }
    if (!stat.get().isDirectory()) {
      directory.remove(name);
      return;
    }
    TreeWalk.run(TreeRemoval.ofDirectory(directory, name));
  }

  /**
   * Opens a directory that the kernel created, such as {@code work} in a work directory. If even
   * its owner may not open it, its mode is set to {@code rwx------}. The kernel creates such
   * directories anew with every mount.
   *
   * @param directory its directory
   * @param name its name
   * @return a new handle, to be closed
   * @throws IOException if it does not exist, or belongs to somebody else
   */
  public static LayerDirectory openRestricted(LayerDirectory directory, Name name)
      throws IOException {
    try {
      return directory.open(name);
    } catch (AccessDeniedException e) {
      directory.setMode(name, OWNER_ONLY);
      return directory.open(name);
    }
  }

  /**
   * Removes everything in a directory. This takes many operations; it can be called again after a
   * failure.
   *
   * @param directory the directory, which stays
   * @throws IOException if something in it cannot be removed
   */
  public static void removeAll(LayerDirectory directory) throws IOException {
    TreeWalk.run(TreeRemoval.ofContent(directory));
  }
}
