package dev.overlays.layer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** What is asked of the entries of layers again and again. */
public final class LayerEntries {
  /** {@code rwx------}. */
  private static final int OWNER_ONLY = 0x1c0;

  private LayerEntries() {}

  /**
   * Returns the path of an entry for people, as messages have it. It may not lead back to the
   * entry: bytes that are no characters here are shown as {@code ?}.
   *
   * @param directory its directory
   * @param name its name
   * @return the path
   */
  public static Path path(LayerDirectory directory, Name name) {
    return path(name.equals(Name.SELF) ? directory.toString() : directory + "/" + name);
  }

  /**
   * Returns a path for people, whatever characters the path has.
   *
   * @param path what {@link LayerDirectory#toString()} or a {@code FileSystemException} has
   * @return the path, with {@code ?} for what is no character here
   */
  public static Path path(String path) {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      return Path.of(path.replaceAll("[^\\x20-\\x7e]", "?"));
    }
  }

  /**
   * Tells what an entry is that has to be there.
   *
   * @param directory its directory
   * @param name its name
   * @return what it is
   * @throws NoSuchFileException if it is not there
   * @throws IOException if it cannot be told
   */
  public static EntryStat present(LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty()) {
      throw new NoSuchFileException(path(directory, name).toString());
    }
    return stat.get();
  }

  /**
   * Tells whether an entry means that the name is deleted: a character device 0:0, or an empty file
   * with the mark for it.
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
   * Tells whether a directory hides those of the same name in the layers below.
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
   * Removes an entry with all that is in it. Not one operation but many; can be called again after
   * a failure. Does nothing if there is no such entry.
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
    TreeWalk.run(TreeRemoval.of(directory, name));
  }

  /** What is about to be removed may be closed to its owner; what is somebody else's stays so. */
  static void giveRights(LayerDirectory directory, Name name) throws IOException {
    try {
      if ((present(directory, name).mode() & OWNER_ONLY) != OWNER_ONLY) {
        directory.setMode(name, OWNER_ONLY);
      }
    } catch (AccessDeniedException e) {
      // Then the removal is refused, or it is somebody who needs no rights.
    }
  }

  /**
   * Opens a directory of the kernel's own, such as {@code work} in a work directory, which even its
   * owner may not open: then its mode becomes {@code rwx------}. The kernel makes such directories
   * anew with every mount.
   *
   * @param directory its directory
   * @param name its name
   * @return a new handle, to be closed
   * @throws IOException if it is not there, or somebody else's
   */
  public static LayerDirectory openClosed(LayerDirectory directory, Name name) throws IOException {
    try {
      return directory.open(name);
    } catch (AccessDeniedException e) {
      directory.setMode(name, OWNER_ONLY);
      return directory.open(name);
    }
  }

  /**
   * Removes everything in a directory. Not one operation but many; can be called again after a
   * failure.
   *
   * @param directory the directory, which stays
   * @throws IOException if something in it cannot be removed
   */
  public static void removeAll(LayerDirectory directory) throws IOException {
    TreeWalk.run(TreeRemoval.in(directory));
  }
}
