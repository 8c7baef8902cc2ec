package dev.overlays.linux.namespace;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tmpfs that lies under the root of a namespace. The shell uses it as its root; a process that
 * enters the namespace gets the machine's tree, which is mounted on top of it, and may create user
 * namespaces in it: the kernel refuses them to a process in another root.
 *
 * <p>Views are mounted in it at paths where the machine has a device: their canonical paths, such
 * as {@code /dev/null/view-1}, lead nowhere outside, not even for root. Inside, the machine's tree
 * is at {@code /..}, since the parent of a root leads to the mount on top of it; its top-level
 * names are linked, so that the shell finds programs and their libraries. Source: pivot_root(2),
 * current_chrooted in the kernel's fs/namespace.c.
 */
public final class BottomRoot {
  /** The directory for views. */
  public static final Path VIEWS = Path.of("/dev/null");

  /** The directory for the parts of views, such as uppers in memory. */
  public static final Path PARTS = Path.of("/dev/zero");

  /**
   * The directories that the shell removes if this JVM ends without having done so: for each, a
   * link with its name that leads to its parent.
   */
  public static final Path DISCARDED = PARTS.resolve("discarded");

  /** The machine's tree for the shell, with or without a bottom root. */
  static final String OUTER = "/..";

  /** A directory that every system has. It is uncovered again before this is done. */
  private static final String PLACE = "/sys";

  private static final Path MACHINE = Path.of("/");
  private static final Path DEVICES = Path.of("/dev");

  private final UserNamespace namespace;

  private BottomRoot(UserNamespace namespace) {
    this.namespace = namespace;
  }

  /** Whether a path belongs to this root. */
  static boolean hasPath(Path path) {
    return path.startsWith(VIEWS) || path.startsWith(PARTS);
  }

  /** Puts a bottom root under the root of a new namespace, and makes it the root of the shell. */
  static void layUnder(UserNamespace namespace) throws IOException {
    BottomRoot root = new BottomRoot(namespace);
    root.mountRoot();
    if (!namespace.run(root.pivotCommand()).hasSucceeded()) {
      // The initial root of a machine, the rootfs in memory, cannot be moved; a bind mount of it
      // can.
      root.requireSuccess(
          ShellCommand.of("cd", "/")
              .andThen(ShellCommand.of("umount", "-n", "-i", "-c", "-l", PLACE))
              .andThen(ShellCommand.of("mount", "-n", "-i", "-c", "--rbind", "/", "/")));
      namespace.changeRoot(OUTER);
      root.mountRoot();
      root.requireSuccess(root.pivotCommand());
    }
  }

  /** Mounts the bottom root and fills it. */
  private void mountRoot() throws IOException {
    requireSuccess(
        ShellCommand.of("mount", "-n", "-i", "-c", "-t", "tmpfs", "-o", "mode=0755,size=4m")
            .addWords("tmpfs", PLACE)
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

  /** Makes a path of the machine work in this root, by a link with its first name. */
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
      // An earlier call has created it.
    }
  }
}
