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
final class ViewScripts {
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

  private final List<RecordedScript.NamedScript> all = new ArrayList<>();

  private ViewScripts() {}

  /** The scripts that do not depend on options. */
  static List<RecordedScript.NamedScript> plainScripts() {
    ViewScripts scripts = new ViewScripts();
    scripts.files();
    scripts.directories();
    scripts.links();
    scripts.copies();
    return scripts.all;
  }

  /** The scripts that write marks; moves with REPLACE_EXISTING copy what cannot be renamed. */
  static List<RecordedScript.NamedScript> markedScripts(CopyOption... moves) {
    ViewScripts scripts = new ViewScripts();
    scripts.moves(List.of(moves));
    scripts.attributes();
    scripts.handles();
    return scripts.all;
  }

  private void addScript(String name, RecordedScript.ScriptBody play) {
    all.add(new RecordedScript.NamedScript(name, play));
  }

  /** One call for each path, one after the other in one view. */
  private void addForEachPath(String name, PathCall call) {
    addScript(
        name,
        s -> {
          for (String path : PATHS) {
            s.recordCall(() -> call.callWith(s.resolvePath(path)));
          }
        });
  }

  /** The same but for the pipe, which the JDK would open, and wait for its other end. */
  private void eachButPipe(String name, PathCall call) {
    addForEachPath(name, path -> path.endsWith("pipe") ? "not tried" : call.callWith(path));
  }

  @FunctionalInterface
  private interface PathCall {
    Object callWith(Path path) throws IOException;
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
    addScript(
        "contradicting options",
        s -> {
          s.recordCall(() -> open(s.resolvePath("file"), READ, APPEND));
          s.recordCall(() -> open(s.resolvePath("file"), APPEND, TRUNCATE_EXISTING));
        });
    addScript(
        "append",
        s -> {
          s.recordCall(() -> write(s.resolvePath("file"), " and more", APPEND));
          s.recordCall(() -> write(s.resolvePath("file"), " and more", APPEND));
          s.recordCall(() -> Files.readString(s.resolvePath("file")));
          s.recordCall(() -> write(s.resolvePath("new"), "x", APPEND, CREATE));
        });
    addForEachPath("delete", ViewScripts::delete);
    addForEachPath("exists", path -> Files.exists(path) + " " + Files.exists(path, NOFOLLOW_LINKS));
    addForEachPath("real path", Path::toRealPath);
    eachButPipe("list", ViewScripts::list);
    addForEachPath("readable", path -> Files.isReadable(path) + " " + Files.isExecutable(path));
    addForEachPath("writable", Files::isWritable);
    addForEachPath("same", path -> Files.isSameFile(path, path.resolveSibling("file")));
    addScript(
        "delete and make again",
        s -> {
          s.recordCall(() -> delete(s.resolvePath("file")));
          s.recordCall(() -> write(s.resolvePath("file"), "again", CREATE_NEW, WRITE));
          s.recordCall(() -> delete(s.resolvePath("file")));
          s.recordCall(() -> Files.createDirectory(s.resolvePath("file")));
          s.recordCall(() -> delete(s.resolvePath("file")));
        });
    addScript("long name", s -> s.recordCall(() -> write(s.resolvePath("x".repeat(256)), "")));
    addScript("longest name", s -> s.recordCall(() -> write(s.resolvePath("x".repeat(255)), "")));
  }

  private static Object delete(Path path) throws IOException {
    Files.delete(path);
    return "deleted";
  }

  private void directories() {
    addForEachPath("mkdir", Files::createDirectory);
    addScript(
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
            s.recordCall(() -> delete(s.resolvePath(path)));
          }
          s.recordCall(() -> Files.createDirectory(s.resolvePath("tree")));
          s.recordCall(() -> list(s.resolvePath("tree")));
          s.recordCall(() -> write(s.resolvePath("tree/leaf"), "new"));
          s.recordCall(() -> delete(s.resolvePath("tree/leaf")));
          s.recordCall(() -> delete(s.resolvePath("tree")));
          s.recordCall(() -> write(s.resolvePath("tree"), "now a file"));
        });
    addScript(
        "directory among merged ones",
        s -> {
          s.recordCall(() -> Files.createDirectory(s.resolvePath("tree/inner/made")));
          s.recordCall(() -> write(s.resolvePath("tree/inner/made/file"), "x"));
          s.recordCall(() -> list(s.resolvePath("tree/inner")));
          s.recordCall(() -> Files.createDirectories(s.resolvePath("a/b/c")));
          s.recordCall(() -> Files.createDirectories(s.resolvePath("tree/inner/x/y")));
        });
    addScript(
        "directory over a whiteout of a lower",
        s -> {
          s.recordCall(() -> Files.createDirectory(s.resolvePath("gone")));
          s.recordCall(() -> list(s.resolvePath("gone")));
          s.recordCall(() -> delete(s.resolvePath("gone")));
          s.recordCall(() -> write(s.resolvePath("gone"), "x"));
        });
    addScript(
        "modes",
        s -> {
          Set<PosixFilePermission> wide = PosixFilePermissions.fromString("rwxrwxrwx");
          s.recordCall(
              () ->
                  Files.createDirectory(
                      s.resolvePath("d"), PosixFilePermissions.asFileAttribute(wide)));
          s.recordCall(
              () ->
                  Files.createFile(s.resolvePath("f"), PosixFilePermissions.asFileAttribute(wide)));
          s.recordCall(() -> Files.setAttribute(s.resolvePath("d"), "unix:mode", 02775));
          s.recordCall(() -> Files.setAttribute(s.resolvePath("d"), "unix:gid", 77));
          s.recordCall(() -> Files.setAttribute(s.resolvePath("d"), "unix:mode", 02775));
          s.recordCall(() -> Files.createDirectory(s.resolvePath("d/e")));
          s.recordCall(() -> write(s.resolvePath("d/f"), "x"));
          s.recordCall(() -> Files.getAttribute(s.resolvePath("d/e"), "unix:gid"));
        });
  }

  private void links() {
    addForEachPath("link to file", path -> Files.createLink(path, root(path).resolve("file")));
    addForEachPath("link from", path -> Files.createLink(root(path).resolve("made"), path));
    addForEachPath(
        "symlink", path -> Files.createSymbolicLink(path, path.getFileSystem().getPath("file")));
    addForEachPath("read link", Files::readSymbolicLink);
    addScript(
        "names of one inode",
        s -> {
          s.recordCall(() -> Files.createLink(s.resolvePath("second"), s.resolvePath("file")));
          s.recordCall(() -> write(s.resolvePath("second"), "both"));
          s.recordCall(() -> Files.readString(s.resolvePath("file")));
          s.recordCall(() -> Files.isSameFile(s.resolvePath("file"), s.resolvePath("second")));
          s.recordCall(
              () -> Files.move(s.resolvePath("file"), s.resolvePath("second"), ATOMIC_MOVE));
          s.recordCall(() -> list(s.resolvePath("")));
          s.recordCall(() -> delete(s.resolvePath("file")));
          s.recordCall(() -> Files.getAttribute(s.resolvePath("second"), "unix:nlink"));
        });
    addScript(
        "twins of a lower part",
        s -> {
          s.recordCall(() -> Files.isSameFile(s.resolvePath("twin"), s.resolvePath("tree/twin")));
          s.recordCall(() -> write(s.resolvePath("twin"), "changed"));
          s.recordCall(() -> Files.readString(s.resolvePath("tree/twin")));
          s.recordCall(() -> Files.isSameFile(s.resolvePath("twin"), s.resolvePath("tree/twin")));
          s.recordCall(
              () -> Files.move(s.resolvePath("twin"), s.resolvePath("tree/twin"), ATOMIC_MOVE));
          s.recordCall(() -> Files.exists(s.resolvePath("twin")));
        });
    addScript(
        "twins renamed onto each other",
        s ->
            s.recordCall(
                () -> Files.move(s.resolvePath("twin"), s.resolvePath("tree/twin"), ATOMIC_MOVE)));
    addScript(
        "written through a link",
        s -> {
          s.recordCall(() -> write(s.resolvePath("link"), "through"));
          s.recordCall(() -> write(s.resolvePath("dangling"), "made"));
          s.recordCall(() -> write(s.resolvePath("slink/leaf"), "leaf"));
          s.recordCall(() -> list(s.resolvePath("slink")));
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
          addScript(
              "move " + from + " to " + to + " " + option,
              s -> s.recordCall(() -> Files.move(s.resolvePath(from), s.resolvePath(to), option)));
        }
      }
    }
    addScript(
        "pipe",
        s -> s.recordCall(() -> Files.move(s.resolvePath("pipe"), s.resolvePath("tree/pipe"))));
    addScript(
        "dots",
        s ->
            s.recordCall(
                () -> Files.move(s.resolvePath("tree/."), s.resolvePath("new"), ATOMIC_MOVE)));
    addScript(
        "move into itself",
        s ->
            s.recordCall(
                () -> Files.move(s.resolvePath("empty"), s.resolvePath("empty/x"), ATOMIC_MOVE)));
    addScript(
        "renamed again",
        s -> {
          s.recordCall(
              () ->
                  Files.move(
                      s.resolvePath("tree/inner"), s.resolvePath("tree/again"), ATOMIC_MOVE));
          s.recordCall(() -> Files.move(s.resolvePath("tree"), s.resolvePath("wood"), ATOMIC_MOVE));
          s.recordCall(
              () -> Files.move(s.resolvePath("wood/again"), s.resolvePath("again"), ATOMIC_MOVE));
          s.recordCall(() -> list(s.resolvePath("again")));
          s.recordCall(() -> write(s.resolvePath("again/deep/end"), "changed"));
          s.recordCall(() -> Files.createDirectory(s.resolvePath("tree")));
          s.recordCall(() -> list(s.resolvePath("tree")));
          s.recordCall(() -> Files.move(s.resolvePath("wood"), s.resolvePath("tree"), ATOMIC_MOVE));
          s.recordCall(() -> list(s.resolvePath("tree")));
        });
    addScript(
        "moved away and something else put there",
        s -> {
          s.recordCall(() -> Files.move(s.resolvePath("file"), s.resolvePath("elsewhere")));
          s.recordCall(() -> write(s.resolvePath("file"), "else"));
          s.recordCall(
              () ->
                  Files.move(s.resolvePath("elsewhere"), s.resolvePath("file"), REPLACE_EXISTING));
          s.recordCall(() -> Files.readString(s.resolvePath("file")));
        });
    addScript(
        "new directory over a removed one",
        s -> {
          s.recordCall(() -> delete(s.resolvePath("empty")));
          s.recordCall(() -> Files.createDirectory(s.resolvePath("made")));
          s.recordCall(() -> write(s.resolvePath("made/file"), "x"));
          s.recordCall(() -> Files.move(s.resolvePath("made"), s.resolvePath("empty")));
          s.recordCall(() -> list(s.resolvePath("empty")));
          s.recordCall(() -> Files.move(s.resolvePath("empty"), s.resolvePath("tree/empty")));
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
    addForEachPath("set mode", path -> Files.setAttribute(path, "unix:mode", 0600));
    addForEachPath("set owner", path -> Files.setAttribute(path, "unix:uid", 7));
    addForEachPath(
        "set group of link", path -> Files.setAttribute(path, "unix:gid", 7, NOFOLLOW_LINKS));
    addForEachPath(
        "get",
        path ->
            Files.readAttributes(path, "unix:mode,uid,gid,isDirectory,lastModifiedTime")
                .get("mode"));
    for (String path : PATHS) {
      if (!path.equals("pipe")) {
        addScript(
            "user attributes of " + path,
            s -> {
              UserDefinedFileAttributeView view =
                  Files.getFileAttributeView(
                      s.resolvePath(path), UserDefinedFileAttributeView.class);
              s.recordCall(view::list);
              s.recordCall(() -> view.size("mime"));
              s.recordCall(() -> view.size("none"));
              s.recordCall(() -> view.write("added", ByteBuffer.wrap(new byte[] {'a'})));
              s.recordCall(
                  () -> {
                    view.delete("mime");
                    return "deleted";
                  });
              s.recordCall(
                  () -> {
                    view.delete("none");
                    return "deleted";
                  });
            });
      }
    }
    addScript(
        "times of a link",
        s ->
            s.recordCall(
                () -> {
                  Files.getFileAttributeView(
                          s.resolvePath("link"), BasicFileAttributeView.class, NOFOLLOW_LINKS)
                      .setTimes(time, null, null);
                  return Files.getLastModifiedTime(s.resolvePath("link"), NOFOLLOW_LINKS);
                }));
    addScript(
        "attributes that are not there",
        s -> {
          s.recordCall(() -> Files.readAttributes(s.resolvePath("file"), "nothing"));
          s.recordCall(() -> Files.readAttributes(s.resolvePath("file"), "foo:size"));
          s.recordCall(() -> Files.setAttribute(s.resolvePath("file"), "size", 3L));
          s.recordCall(() -> Files.setAttribute(s.resolvePath("file"), "owner:size", 3L));
        });
    addScript(
        "metadata, then data",
        s -> {
          s.recordCall(() -> Files.setAttribute(s.resolvePath("file"), "unix:mode", 0640));
          s.recordCall(() -> Files.readString(s.resolvePath("file")));
          s.recordCall(() -> Files.move(s.resolvePath("file"), s.resolvePath("tree/moved")));
          s.recordCall(() -> Files.readString(s.resolvePath("tree/moved")));
          s.recordCall(
              () ->
                  Files.createLink(s.resolvePath("tree/inner/link"), s.resolvePath("tree/moved")));
          s.recordCall(() -> Files.readString(s.resolvePath("tree/inner/link")));
          s.recordCall(() -> write(s.resolvePath("tree/moved"), "more", APPEND));
          s.recordCall(() -> Files.readString(s.resolvePath("tree/inner/link")));
          s.recordCall(() -> Files.setAttribute(s.resolvePath("other"), "unix:mode", 0600));
          s.recordCall(() -> write(s.resolvePath("other"), "cut", TRUNCATE_EXISTING, WRITE));
          s.recordCall(() -> Files.setAttribute(s.resolvePath("zero"), "unix:mode", 0600));
          s.recordCall(() -> Files.setAttribute(s.resolvePath("twin"), "unix:mode", 0600));
          s.recordCall(() -> Files.move(s.resolvePath("twin"), s.resolvePath("twin2")));
          s.recordCall(() -> Files.readString(s.resolvePath("twin2")));
        });
    addScript(
        "attributes of directories",
        s -> {
          s.recordCall(() -> Files.setAttribute(s.resolvePath("tree/inner"), "unix:mode", 0700));
          s.recordCall(() -> Files.setLastModifiedTime(s.resolvePath("tree"), time));
          s.recordCall(() -> Files.setAttribute(s.resolvePath("tree"), "user:new", new byte[2]));
          s.recordCall(() -> Files.getLastModifiedTime(s.resolvePath("tree")));
          s.recordCall(
              () -> Files.setAttribute(s.resolvePath(""), "unix:mode", 0711).getNameCount() > 99);
        });
  }

  private void handles() {
    addScript(
        "reader across a copy-up",
        s -> {
          for (String path : List.of("file", "twin", "other")) {
            try (FileChannel reader = FileChannel.open(s.resolvePath(path))) {
              s.recordCall(() -> readOn(reader, 3));
              s.recordCall(() -> write(s.resolvePath(path), "WRITTEN ANEW"));
              s.recordCall(() -> readOn(reader, 100));
              s.recordCall(() -> reader.size());
            }
          }
        });
    addScript(
        "reader across a change of attributes, then of data",
        s -> {
          try (FileChannel reader = FileChannel.open(s.resolvePath("file"))) {
            s.recordCall(() -> Files.setAttribute(s.resolvePath("file"), "unix:mode", 0640));
            s.recordCall(() -> readOn(reader, 5));
            s.recordCall(() -> Files.move(s.resolvePath("file"), s.resolvePath("moved")));
            s.recordCall(() -> write(s.resolvePath("moved"), "WRITTEN ANEW"));
            s.recordCall(() -> readOn(reader, 100));
          }
        });
    addScript(
        "files removed and replaced while open",
        s -> {
          try (FileChannel reader = FileChannel.open(s.resolvePath("file"));
              FileChannel writer = FileChannel.open(s.resolvePath("other"), READ, WRITE)) {
            s.recordCall(() -> delete(s.resolvePath("file")));
            s.recordCall(() -> readOn(reader, 100));
            s.recordCall(() -> Files.move(s.resolvePath("other"), s.resolvePath("tree/other")));
            s.recordCall(
                () -> writer.write(ByteBuffer.wrap("moved".getBytes(StandardCharsets.UTF_8))));
            s.recordCall(() -> Files.readString(s.resolvePath("tree/other")));
            s.recordCall(() -> delete(s.resolvePath("tree/other")));
            s.recordCall(
                () -> writer.write(ByteBuffer.wrap("gone".getBytes(StandardCharsets.UTF_8))));
            s.recordCall(() -> writer.position(0).read(ByteBuffer.allocate(100)));
          }
        });
    addScript(
        "positions",
        s -> {
          try (FileChannel channel = FileChannel.open(s.resolvePath("new"), CREATE, READ, WRITE)) {
            s.recordCall(() -> channel.write(ByteBuffer.wrap(new byte[10]), 5));
            s.recordCall(channel::position);
            s.recordCall(channel::size);
            s.recordCall(() -> channel.position(100).position());
            s.recordCall(() -> channel.read(ByteBuffer.allocate(1)));
            s.recordCall(() -> channel.truncate(7).position());
            s.recordCall(() -> channel.truncate(70).size());
            s.recordCall(() -> channel.write(ByteBuffer.wrap(new byte[1])));
            s.recordCall(channel::size);
            s.recordCall(() -> channel.position(-1));
          }
          try (FileChannel channel = FileChannel.open(s.resolvePath("file"), APPEND)) {
            s.recordCall(channel::position);
            s.recordCall(() -> channel.write(ByteBuffer.wrap(new byte[1]), 0));
            s.recordCall(() -> channel.position(0).write(ByteBuffer.wrap(new byte[1])));
            s.recordCall(channel::position);
            s.recordCall(() -> channel.read(ByteBuffer.allocate(1)));
          }
          try (FileChannel channel = FileChannel.open(s.resolvePath("file"))) {
            s.recordCall(() -> channel.write(ByteBuffer.allocate(1)));
            s.recordCall(() -> channel.truncate(0));
          }
          FileChannel closed = FileChannel.open(s.resolvePath("file"));
          closed.close();
          s.recordCall(closed::size);
        });
    addScript(
        "directory as a file",
        s -> {
          try (SeekableByteChannel channel = Files.newByteChannel(s.resolvePath("tree"))) {
            s.recordCall(() -> channel.read(ByteBuffer.allocate(1)));
          }
        });
    addScript("secure directories", ViewScripts::secure);
  }

  private static void secure(RecordedScript s) throws IOException {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(s.resolvePath("tree"))) {
      SecureDirectoryStream<Path> tree = (SecureDirectoryStream<Path>) stream;
      Path here = s.resolvePath("tree").getFileSystem().getPath("leaf");
      s.recordCall(() -> readAll(tree, here));
      s.recordCall(
          () -> {
            tree.deleteFile(here);
            return "deleted";
          });
      s.recordCall(
          () -> {
            tree.deleteFile(here);
            return "deleted";
          });
      s.recordCall(
          () -> {
            tree.deleteFile(here.resolveSibling("inner"));
            return "deleted";
          });
      try (SecureDirectoryStream<Path> inner =
          tree.newDirectoryStream(here.resolveSibling("inner"))) {
        List<String> names = new ArrayList<>();
        inner.forEach(path -> names.add(path.toString()));
        s.recordCall(() -> names);
        s.recordCall(
            () -> {
              tree.move(here.resolveSibling("more"), inner, here);
              return "moved";
            });
        s.recordCall(() -> readAll(inner, here));
        s.recordCall(
            () ->
                inner
                    .getFileAttributeView(here, BasicFileAttributeView.class)
                    .readAttributes()
                    .size());
        s.recordCall(
            () ->
                inner
                    .getFileAttributeView(BasicFileAttributeView.class)
                    .readAttributes()
                    .isDirectory());
      }
      s.recordCall(() -> tree.newDirectoryStream(here.resolveSibling("none")));
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
