package dev.overlays.linux.namespace;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A root of memory that lies under the root of a namespace. The shell has it for its root; whoever
 * enters the namespace has the machine's tree, which is mounted on top of it, and may have user
 * namespaces in it: the kernel refuses them to who is in another root.
 *
 * <p>Views are mounted in it where the machine has a device: their canonical paths, such as {@code
 * /dev/null/view-1}, lead nowhere outside, for root neither. In it the machine's tree is at {@code
 * /..}, as the way up from a root leads onto what is mounted there; its names are linked, so that
 * the shell finds programs and their libraries. Source: pivot_root(2), current_chrooted in the
 * kernel's fs/namespace.c.
 */
public final class BottomRoot {
  /** The directory for views. */
  public static final Path VIEWS = Path.of("/dev/null");

  /** The directory for what views are made of. */
  public static final Path PARTS = Path.of("/dev/zero");

  /**
   * Links by the names of directories that the shell removes when this JVM has ended without having
   * done so, each to the directory that it is in.
   */
  public static final Path DISCARDED = PARTS.resolve("discarded");

  /** Where the shell has the machine's tree, below the bottom root or without one. */
  static final String OUTER = "/..";

  /** A directory that every system has. It is laid bare again before this is done. */
  private static final String PLACE = "/sys";

  private static final Path MACHINE = Path.of("/");
  private static final Path DEVICES = Path.of("/dev");

  private final UserNamespace namespace;

  private BottomRoot(UserNamespace namespace) {
    this.namespace = namespace;
  }

  /** Whether a path is one of this root's own. */
  static boolean hasPath(Path path) {
    return path.startsWith(VIEWS) || path.startsWith(PARTS);
  }

  /** Lays it under the root of a new namespace, and makes it the root of the shell. */
  static void layUnder(UserNamespace namespace) throws IOException {
    BottomRoot root = new BottomRoot(namespace);
    root.mountRoot();
    if (!namespace.run(root.pivotCommand()).hasSucceeded()) {
      // The first root of a machine, which lies in memory, cannot be moved; a copy on it can.
      root.requireSuccess(
          ShellCommand.of("cd", "/")
              .andThen(ShellCommand.of("umount", "-n", "-i", "-c", "-l", PLACE))
              .andThen(ShellCommand.of("mount", "-n", "-i", "-c", "--rbind", "/", "/")));
      namespace.changeRoot(OUTER);
      root.mountRoot();
      root.requireSuccess(root.pivotCommand());
    }
  }

  /** Mounts it, with all that is in it. */
  private void mountRoot() throws IOException {
    requireSuccess(
        ShellCommand.of("mount", "-n", "-i", "-c", "-t", "tmpfs", "-o", "mode=0755,size=4m")
            .wordsOf("tmpfs", PLACE)
            .andThen(ShellCommand.of("cd", PLACE)));
    Path root = namespace.workingDirectory();
    Files.createDirectory(root.resolve("dev"));
    for (Path own : new Path[] {VIEWS, PARTS, DISCARDED}) {
      Files.createDirectory(root.resolve(MACHINE.relativize(own)));
    }
    try (DirectoryStream<Path> names = Files.newDirectoryStream(MACHINE)) {
      for (Path name : names) {
        linkPlace(root, name);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private ShellCommand pivotCommand() {
    return ShellCommand.of("pivot_root", ".", ".").andThen(ShellCommand.of("cd", "/"));
  }

  private void requireSuccess(ShellCommand command) throws IOException {
    CommandResult answer = namespace.run(command);
    if (!answer.hasSucceeded()) {
      throw new IOException(answer.words());
    }
  }

  /** Makes a path of the machine one of this root, by a link of its first name. */
  static void linkPlace(UserNamespace namespace, Path path) throws IOException {
    linkPlace(namespace.pathSeenHere(VIEWS).getParent().getParent(), path);
  }

  private static void linkPlace(Path root, Path path) throws IOException {
    if (path.getNameCount() == 0 || path.equals(DEVICES)) {
      return;
    }
    Path up = Path.of("..");
    Path first = path.getName(0);
    if (path.startsWith(DEVICES)) {
      up = up.resolve("..");
      first = path.subpath(0, 2);
    }
    try {
      Files.createSymbolicLink(root.resolve(first), up.resolve(first));
    } catch (FileAlreadyExistsException e) {
      // By an earlier use.
    }
  }
}
