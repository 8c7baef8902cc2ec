package dev.overlays.linux.union;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The scripts that run in both views. */
final class Scripts {
  /** One of each kind, there and not there. */
  private static final List<String> PATHS =
      List.of(
          "file",
          "tree",
          "empty",
          "link",
          "slink",
          "dangling",
          "loop",
          "gone",
          "new",
          "tree/leaf",
          "tree/inner",
          "nowhere/new",
          "file/new",
          "pipe",
          "twin",
          "tree/../file",
          "tree/.");

  private static final List<String> MOVED =
      List.of("file", "tree", "empty", "link", "gone", "new", "tree/inner", "twin");

  private final List<Scene.Script> all = new ArrayList<>();

  private Scripts() {}

  /** The scripts that do not depend on options. */
  static List<Scene.Script> plain() {
    Scripts scripts = new Scripts();
    scripts.files();
    scripts.directories();
    scripts.links();
    scripts.copies();
    return scripts.all;
  }

  /** The scripts that write marks; moves with REPLACE_EXISTING copy what cannot be renamed. */
  static List<Scene.Script> marked(CopyOption... moves) {
    Scripts scripts = new Scripts();
    scripts.moves(List.of(moves));
    scripts.attributes();
    scripts.handles();
    return scripts.all;
  }

  private void add(String name, Scene.Play play) {
    all.add(new Scene.Script(name, play));
  }

  /** One call for each path, one after the other in one view. */
  private void each(String name, PathCall call) {
    add(
        name,
        s -> {
          for (String path : PATHS) {
            s.call(() -> call.make(s.at(path)));
          }
        });
  }

  /** The same but for the pipe, which the JDK would open, and wait for its other end. */
  private void eachButPipe(String name, PathCall call) {
    each(name, path -> path.endsWith("pipe") ? "not tried" : call.make(path));
  }

  @FunctionalInterface
  private interface PathCall {
    Object make(Path path) throws IOException;
  }

  private static Object open(Path path, OpenOption... options) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(path, options)) {
      return channel.size() > 100
          ? "open"
          : "open " + (Files.isDirectory(path) ? 0 : channel.size());
    }
  }

  private static Object write(Path path, String text, OpenOption... options) throws IOException {
    return Files.writeString(path, text, options);
  }

  private static Object list(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(path -> names.add(path.toString()));
    }
    return names;
  }

  private static String text(ByteBuffer buffer) {
    return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
  }

  private static String readOn(FileChannel channel, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    channel.read(buffer);
    return text(buffer);
  }

  private void files() {
    List<OpenOption[]> options =
        List.of(
            new OpenOption[] {WRITE},
            new OpenOption[] {WRITE, CREATE},
            new OpenOption[] {WRITE, CREATE_NEW},
            new OpenOption[] {WRITE, TRUNCATE_EXISTING},
            new OpenOption[] {APPEND},
            new OpenOption[] {WRITE, NOFOLLOW_LINKS},
            new OpenOption[] {READ, WRITE, CREATE, DELETE_ON_CLOSE});
    for (OpenOption[] some : options) {
      eachButPipe("open " + List.of(some), path -> open(path, some));
    }
    eachButPipe("read", path -> open(path));
    eachButPipe("write", path -> write(path, "new"));
    add(
        "contradicting options",
        s -> {
          s.call(() -> open(s.at("file"), READ, APPEND));
          s.call(() -> open(s.at("file"), APPEND, TRUNCATE_EXISTING));
        });
    add(
        "append",
        s -> {
          s.call(() -> write(s.at("file"), " and more", APPEND));
          s.call(() -> write(s.at("file"), " and more", APPEND));
          s.call(() -> Files.readString(s.at("file")));
          s.call(() -> write(s.at("new"), "x", APPEND, CREATE));
        });
    each("delete", Scripts::delete);
    each("exists", path -> Files.exists(path) + " " + Files.exists(path, NOFOLLOW_LINKS));
    each("real path", Path::toRealPath);
    eachButPipe("list", Scripts::list);
    each("readable", path -> Files.isReadable(path) + " " + Files.isExecutable(path));
    each("writable", Files::isWritable);
    each("same", path -> Files.isSameFile(path, path.resolveSibling("file")));
    add(
        "delete and make again",
        s -> {
          s.call(() -> delete(s.at("file")));
          s.call(() -> write(s.at("file"), "again", CREATE_NEW, WRITE));
          s.call(() -> delete(s.at("file")));
          s.call(() -> Files.createDirectory(s.at("file")));
          s.call(() -> delete(s.at("file")));
        });
    add("long name", s -> s.call(() -> write(s.at("x".repeat(256)), "")));
    add("longest name", s -> s.call(() -> write(s.at("x".repeat(255)), "")));
  }

  private static Object delete(Path path) throws IOException {
    Files.delete(path);
    return "deleted";
  }

  private void directories() {
    each("mkdir", Files::createDirectory);
    add(
        "remove a tree",
        s -> {
          for (String path :
              List.of(
                  "tree/inner/deep/end",
                  "tree/inner/deep",
                  "tree/inner",
                  "tree/leaf",
                  "tree/more",
                  "tree",
                  "tree/twin",
                  "tree")) {
            s.call(() -> delete(s.at(path)));
          }
          s.call(() -> Files.createDirectory(s.at("tree")));
          s.call(() -> list(s.at("tree")));
          s.call(() -> write(s.at("tree/leaf"), "new"));
          s.call(() -> delete(s.at("tree/leaf")));
          s.call(() -> delete(s.at("tree")));
          s.call(() -> write(s.at("tree"), "now a file"));
        });
    add(
        "directory among merged ones",
        s -> {
          s.call(() -> Files.createDirectory(s.at("tree/inner/made")));
          s.call(() -> write(s.at("tree/inner/made/file"), "x"));
          s.call(() -> list(s.at("tree/inner")));
          s.call(() -> Files.createDirectories(s.at("a/b/c")));
          s.call(() -> Files.createDirectories(s.at("tree/inner/x/y")));
        });
    add(
        "directory over a whiteout of a lower",
        s -> {
          s.call(() -> Files.createDirectory(s.at("gone")));
          s.call(() -> list(s.at("gone")));
          s.call(() -> delete(s.at("gone")));
          s.call(() -> write(s.at("gone"), "x"));
        });
    add(
        "modes",
        s -> {
          Set<PosixFilePermission> wide = PosixFilePermissions.fromString("rwxrwxrwx");
          s.call(
              () -> Files.createDirectory(s.at("d"), PosixFilePermissions.asFileAttribute(wide)));
          s.call(() -> Files.createFile(s.at("f"), PosixFilePermissions.asFileAttribute(wide)));
          s.call(() -> Files.setAttribute(s.at("d"), "unix:mode", 02775));
          s.call(() -> Files.setAttribute(s.at("d"), "unix:gid", 77));
          s.call(() -> Files.setAttribute(s.at("d"), "unix:mode", 02775));
          s.call(() -> Files.createDirectory(s.at("d/e")));
          s.call(() -> write(s.at("d/f"), "x"));
          s.call(() -> Files.getAttribute(s.at("d/e"), "unix:gid"));
        });
  }

  private void links() {
    each("link to file", path -> Files.createLink(path, root(path).resolve("file")));
    each("link from", path -> Files.createLink(root(path).resolve("made"), path));
    each("symlink", path -> Files.createSymbolicLink(path, path.getFileSystem().getPath("file")));
    each("read link", Files::readSymbolicLink);
    add(
        "names of one inode",
        s -> {
          s.call(() -> Files.createLink(s.at("second"), s.at("file")));
          s.call(() -> write(s.at("second"), "both"));
          s.call(() -> Files.readString(s.at("file")));
          s.call(() -> Files.isSameFile(s.at("file"), s.at("second")));
          s.call(() -> Files.move(s.at("file"), s.at("second"), ATOMIC_MOVE));
          s.call(() -> list(s.at("")));
          s.call(() -> delete(s.at("file")));
          s.call(() -> Files.getAttribute(s.at("second"), "unix:nlink"));
        });
    add(
        "twins of a lower part",
        s -> {
          s.call(() -> Files.isSameFile(s.at("twin"), s.at("tree/twin")));
          s.call(() -> write(s.at("twin"), "changed"));
          s.call(() -> Files.readString(s.at("tree/twin")));
          s.call(() -> Files.isSameFile(s.at("twin"), s.at("tree/twin")));
          s.call(() -> Files.move(s.at("twin"), s.at("tree/twin"), ATOMIC_MOVE));
          s.call(() -> Files.exists(s.at("twin")));
        });
    add(
        "twins renamed onto each other",
        s -> s.call(() -> Files.move(s.at("twin"), s.at("tree/twin"), ATOMIC_MOVE)));
    add(
        "written through a link",
        s -> {
          s.call(() -> write(s.at("link"), "through"));
          s.call(() -> write(s.at("dangling"), "made"));
          s.call(() -> write(s.at("slink/leaf"), "leaf"));
          s.call(() -> list(s.at("slink")));
        });
  }

  /** The root of the view: the mount point in the machine's file system. */
  private static Path root(Path path) {
    Path root = path;
    while (root.getParent() != null && !root.endsWith("mnts")) {
      root = root.getParent();
    }
    return root;
  }

  /** What is replaced is removed first, so that only what has to be copied makes a difference. */
  private static boolean isTried(String from, CopyOption option) {
    return option == ATOMIC_MOVE || List.of("file", "tree", "empty", "tree/inner").contains(from);
  }

  private void moves(List<CopyOption> options) {
    for (CopyOption option : options) {
      for (String from : MOVED) {
        for (String to : isTried(from, option) ? MOVED : List.<String>of()) {
          add(
              "move " + from + " to " + to + " " + option,
              s -> s.call(() -> Files.move(s.at(from), s.at(to), option)));
        }
      }
    }
    add("pipe", s -> s.call(() -> Files.move(s.at("pipe"), s.at("tree/pipe"))));
    add("dots", s -> s.call(() -> Files.move(s.at("tree/."), s.at("new"), ATOMIC_MOVE)));
    add(
        "move into itself",
        s -> s.call(() -> Files.move(s.at("empty"), s.at("empty/x"), ATOMIC_MOVE)));
    add(
        "renamed again",
        s -> {
          s.call(() -> Files.move(s.at("tree/inner"), s.at("tree/again"), ATOMIC_MOVE));
          s.call(() -> Files.move(s.at("tree"), s.at("wood"), ATOMIC_MOVE));
          s.call(() -> Files.move(s.at("wood/again"), s.at("again"), ATOMIC_MOVE));
          s.call(() -> list(s.at("again")));
          s.call(() -> write(s.at("again/deep/end"), "changed"));
          s.call(() -> Files.createDirectory(s.at("tree")));
          s.call(() -> list(s.at("tree")));
          s.call(() -> Files.move(s.at("wood"), s.at("tree"), ATOMIC_MOVE));
          s.call(() -> list(s.at("tree")));
        });
    add(
        "moved away and something else put there",
        s -> {
          s.call(() -> Files.move(s.at("file"), s.at("elsewhere")));
          s.call(() -> write(s.at("file"), "else"));
          s.call(() -> Files.move(s.at("elsewhere"), s.at("file"), REPLACE_EXISTING));
          s.call(() -> Files.readString(s.at("file")));
        });
    add(
        "new directory over a removed one",
        s -> {
          s.call(() -> delete(s.at("empty")));
          s.call(() -> Files.createDirectory(s.at("made")));
          s.call(() -> write(s.at("made/file"), "x"));
          s.call(() -> Files.move(s.at("made"), s.at("empty")));
          s.call(() -> list(s.at("empty")));
          s.call(() -> Files.move(s.at("empty"), s.at("tree/empty")));
        });
  }

  private void copies() {
    List<CopyOption[]> options =
        List.of(
            new CopyOption[] {REPLACE_EXISTING, COPY_ATTRIBUTES},
            new CopyOption[] {NOFOLLOW_LINKS, COPY_ATTRIBUTES});
    for (CopyOption[] some : options) {
      for (String to : List.of("file", "tree", "empty", "new", "gone")) {
        eachButPipe(
            "copy to " + to + " " + List.of(some),
            path -> Files.copy(path, root(path).resolve(to), some));
      }
    }
  }

  private void attributes() {
    FileTime time = FileTime.fromMillis(1_000_000_000_123L);
    eachButPipe("set time", path -> Files.setLastModifiedTime(path, time));
    each("set mode", path -> Files.setAttribute(path, "unix:mode", 0600));
    each("set owner", path -> Files.setAttribute(path, "unix:uid", 7));
    each("set group of link", path -> Files.setAttribute(path, "unix:gid", 7, NOFOLLOW_LINKS));
    each(
        "get",
        path ->
            Files.readAttributes(path, "unix:mode,uid,gid,isDirectory,lastModifiedTime")
                .get("mode"));
    for (String path : PATHS) {
      if (!path.equals("pipe")) {
        add(
            "user attributes of " + path,
            s -> {
              UserDefinedFileAttributeView view =
                  Files.getFileAttributeView(s.at(path), UserDefinedFileAttributeView.class);
              s.call(view::list);
              s.call(() -> view.size("mime"));
              s.call(() -> view.size("none"));
              s.call(() -> view.write("added", ByteBuffer.wrap(new byte[] {'a'})));
              s.call(
                  () -> {
                    view.delete("mime");
                    return "deleted";
                  });
              s.call(
                  () -> {
                    view.delete("none");
                    return "deleted";
                  });
            });
      }
    }
    add(
        "times of a link",
        s ->
            s.call(
                () -> {
                  Files.getFileAttributeView(
                          s.at("link"), BasicFileAttributeView.class, NOFOLLOW_LINKS)
                      .setTimes(time, null, null);
                  return Files.getLastModifiedTime(s.at("link"), NOFOLLOW_LINKS);
                }));
    add(
        "attributes that are not there",
        s -> {
          s.call(() -> Files.readAttributes(s.at("file"), "nothing"));
          s.call(() -> Files.readAttributes(s.at("file"), "foo:size"));
          s.call(() -> Files.setAttribute(s.at("file"), "size", 3L));
          s.call(() -> Files.setAttribute(s.at("file"), "owner:size", 3L));
        });
    add(
        "metadata, then data",
        s -> {
          s.call(() -> Files.setAttribute(s.at("file"), "unix:mode", 0640));
          s.call(() -> Files.readString(s.at("file")));
          s.call(() -> Files.move(s.at("file"), s.at("tree/moved")));
          s.call(() -> Files.readString(s.at("tree/moved")));
          s.call(() -> Files.createLink(s.at("tree/inner/link"), s.at("tree/moved")));
          s.call(() -> Files.readString(s.at("tree/inner/link")));
          s.call(() -> write(s.at("tree/moved"), "more", APPEND));
          s.call(() -> Files.readString(s.at("tree/inner/link")));
          s.call(() -> Files.setAttribute(s.at("other"), "unix:mode", 0600));
          s.call(() -> write(s.at("other"), "cut", TRUNCATE_EXISTING, WRITE));
          s.call(() -> Files.setAttribute(s.at("zero"), "unix:mode", 0600));
          s.call(() -> Files.setAttribute(s.at("twin"), "unix:mode", 0600));
          s.call(() -> Files.move(s.at("twin"), s.at("twin2")));
          s.call(() -> Files.readString(s.at("twin2")));
        });
    add(
        "attributes of directories",
        s -> {
          s.call(() -> Files.setAttribute(s.at("tree/inner"), "unix:mode", 0700));
          s.call(() -> Files.setLastModifiedTime(s.at("tree"), time));
          s.call(() -> Files.setAttribute(s.at("tree"), "user:new", new byte[2]));
          s.call(() -> Files.getLastModifiedTime(s.at("tree")));
          s.call(() -> Files.setAttribute(s.at(""), "unix:mode", 0711).getNameCount() > 99);
        });
  }

  private void handles() {
    add(
        "reader across a copy-up",
        s -> {
          for (String path : List.of("file", "twin", "other")) {
            try (FileChannel reader = FileChannel.open(s.at(path))) {
              s.call(() -> readOn(reader, 3));
              s.call(() -> write(s.at(path), "WRITTEN ANEW"));
              s.call(() -> readOn(reader, 100));
              s.call(() -> reader.size());
            }
          }
        });
    add(
        "reader across a change of attributes, then of data",
        s -> {
          try (FileChannel reader = FileChannel.open(s.at("file"))) {
            s.call(() -> Files.setAttribute(s.at("file"), "unix:mode", 0640));
            s.call(() -> readOn(reader, 5));
            s.call(() -> Files.move(s.at("file"), s.at("moved")));
            s.call(() -> write(s.at("moved"), "WRITTEN ANEW"));
            s.call(() -> readOn(reader, 100));
          }
        });
    add(
        "files removed and replaced while open",
        s -> {
          try (FileChannel reader = FileChannel.open(s.at("file"));
              FileChannel writer = FileChannel.open(s.at("other"), READ, WRITE)) {
            s.call(() -> delete(s.at("file")));
            s.call(() -> readOn(reader, 100));
            s.call(() -> Files.move(s.at("other"), s.at("tree/other")));
            s.call(() -> writer.write(ByteBuffer.wrap("moved".getBytes(StandardCharsets.UTF_8))));
            s.call(() -> Files.readString(s.at("tree/other")));
            s.call(() -> delete(s.at("tree/other")));
            s.call(() -> writer.write(ByteBuffer.wrap("gone".getBytes(StandardCharsets.UTF_8))));
            s.call(() -> writer.position(0).read(ByteBuffer.allocate(100)));
          }
        });
    add(
        "positions",
        s -> {
          try (FileChannel channel = FileChannel.open(s.at("new"), CREATE, READ, WRITE)) {
            s.call(() -> channel.write(ByteBuffer.wrap(new byte[10]), 5));
            s.call(channel::position);
            s.call(channel::size);
            s.call(() -> channel.position(100).position());
            s.call(() -> channel.read(ByteBuffer.allocate(1)));
            s.call(() -> channel.truncate(7).position());
            s.call(() -> channel.truncate(70).size());
            s.call(() -> channel.write(ByteBuffer.wrap(new byte[1])));
            s.call(channel::size);
            s.call(() -> channel.position(-1));
          }
          try (FileChannel channel = FileChannel.open(s.at("file"), APPEND)) {
            s.call(channel::position);
            s.call(() -> channel.write(ByteBuffer.wrap(new byte[1]), 0));
            s.call(() -> channel.position(0).write(ByteBuffer.wrap(new byte[1])));
            s.call(channel::position);
            s.call(() -> channel.read(ByteBuffer.allocate(1)));
          }
          try (FileChannel channel = FileChannel.open(s.at("file"))) {
            s.call(() -> channel.write(ByteBuffer.allocate(1)));
            s.call(() -> channel.truncate(0));
          }
          FileChannel closed = FileChannel.open(s.at("file"));
          closed.close();
          s.call(closed::size);
        });
    add(
        "directory as a file",
        s -> {
          try (SeekableByteChannel channel = Files.newByteChannel(s.at("tree"))) {
            s.call(() -> channel.read(ByteBuffer.allocate(1)));
          }
        });
    add("secure directories", Scripts::secure);
  }

  private static void secure(Scene s) throws IOException {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(s.at("tree"))) {
      SecureDirectoryStream<Path> tree = (SecureDirectoryStream<Path>) stream;
      Path here = s.at("tree").getFileSystem().getPath("leaf");
      s.call(() -> readAll(tree, here));
      s.call(
          () -> {
            tree.deleteFile(here);
            return "deleted";
          });
      s.call(
          () -> {
            tree.deleteFile(here);
            return "deleted";
          });
      s.call(
          () -> {
            tree.deleteFile(here.resolveSibling("inner"));
            return "deleted";
          });
      try (SecureDirectoryStream<Path> inner =
          tree.newDirectoryStream(here.resolveSibling("inner"))) {
        List<String> names = new ArrayList<>();
        inner.forEach(path -> names.add(path.toString()));
        s.call(() -> names);
        s.call(
            () -> {
              tree.move(here.resolveSibling("more"), inner, here);
              return "moved";
            });
        s.call(() -> readAll(inner, here));
        s.call(
            () ->
                inner
                    .getFileAttributeView(here, BasicFileAttributeView.class)
                    .readAttributes()
                    .size());
        s.call(
            () ->
                inner
                    .getFileAttributeView(BasicFileAttributeView.class)
                    .readAttributes()
                    .isDirectory());
      }
      s.call(() -> tree.newDirectoryStream(here.resolveSibling("none")));
    }
  }

  private static String readAll(SecureDirectoryStream<Path> directory, Path path)
      throws IOException {
    try (SeekableByteChannel channel = directory.newByteChannel(path, Set.of(READ))) {
      ByteBuffer buffer = ByteBuffer.allocate(100);
      channel.read(buffer);
      return text(buffer);
    }
  }
}
