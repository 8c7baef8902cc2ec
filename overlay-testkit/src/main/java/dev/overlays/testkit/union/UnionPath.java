package dev.overlays.testkit.union;

import dev.overlays.layer.Name;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * A path of a union file system: names separated by slashes. The names stand for the bytes in the
 * layers; {@link NameText} converts them.
 */
final class UnionPath implements Path {
  private final UnionFileSystem fileSystem;
  private final boolean absolute;
  private final List<String> names;

  /** Creates a path; a relative path without names is the empty path. */
  UnionPath(UnionFileSystem fileSystem, boolean absolute, List<String> names) {
    this.fileSystem = fileSystem;
    this.absolute = absolute;
    this.names = names;
  }

  static UnionPath of(UnionFileSystem fileSystem, String text) {
    return PathSyntax.parse(fileSystem, text);
  }

  /** Refuses the path of another provider, as the JDK's provider does. */
  static UnionPath requireUnion(Path path) {
    if (Objects.requireNonNull(path, "path") instanceof UnionPath union) {
      return union;
    }
    throw new ProviderMismatchException();
  }

  private UnionPath withNames(boolean isAbsolute, List<String> newNames) {
    return new UnionPath(fileSystem, isAbsolute, List.copyOf(newNames));
  }

  List<String> nameTexts() {
    return names;
  }

  boolean isEmpty() {
    return names.isEmpty() && !absolute;
  }

  /** Returns the path of an entry of this directory. */
  UnionPath resolveName(Name name) {
    List<String> all = new ArrayList<>(names.size() + 1);
    all.addAll(names);
    all.add(NameText.decode(name.toBytes()));
    return withNames(absolute, all);
  }

  /** Returns the names as bytes; the caller resolves them from the root, for relative paths too. */
  List<byte[]> nameBytes() {
    List<byte[]> steps = new ArrayList<>(names.size());
    for (String name : names) {
      steps.add(NameText.encode(name));
    }
    return steps;
  }

  @Override
  public UnionFileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return absolute;
  }

  @Override
  public Path getRoot() {
    return absolute ? withNames(true, List.of()) : null;
  }

  @Override
  public Path getFileName() {
    if (isEmpty()) {
      return this;
    }
    return names.isEmpty() ? null : withNames(false, names.subList(names.size() - 1, names.size()));
  }

  @Override
  public Path getParent() {
    if (names.isEmpty() || (names.size() == 1 && !absolute)) {
      return null;
    }
    return withNames(absolute, names.subList(0, names.size() - 1));
  }

  @Override
  public int getNameCount() {
    return isEmpty() ? 1 : names.size();
  }

  @Override
  public Path getName(int index) {
    return subpath(index, index + 1);
  }

  @Override
  public Path subpath(int begin, int end) {
    if (begin < 0 || end > getNameCount() || begin >= end) {
      throw new IllegalArgumentException("no names from " + begin + " to " + end + " in " + this);
    }
    return isEmpty() ? this : withNames(false, names.subList(begin, end));
  }

  @Override
  public boolean startsWith(Path other) {
    if (!isOfThis(other)) {
      return false;
    }
    UnionPath start = (UnionPath) other;
    if (isEmpty() || start.isEmpty()) {
      return isEmpty() && start.isEmpty();
    }
    return absolute == start.absolute
        && names.size() >= start.names.size()
        && names.subList(0, start.names.size()).equals(start.names);
  }

  @Override
  public boolean endsWith(Path other) {
    if (!isOfThis(other)) {
      return false;
    }
    UnionPath end = (UnionPath) other;
    if (isEmpty() || end.isEmpty()) {
      return isEmpty() && end.isEmpty();
    }
    if (end.absolute) {
      return equals(end);
    }
    int start = names.size() - end.names.size();
    return start >= 0 && names.subList(start, names.size()).equals(end.names);
  }

  private boolean isOfThis(Path other) {
    return Objects.requireNonNull(other, "other").getFileSystem() == fileSystem;
  }

  @Override
  public Path normalize() {
    List<String> kept = PathSyntax.normalizeNames(absolute, names);
    return kept.equals(names) ? this : withNames(absolute, kept);
  }

  @Override
  public Path resolve(Path other) {
    UnionPath more = requireUnion(other);
    if (more.absolute || isEmpty()) {
      return more;
    }
    if (more.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(names);
    all.addAll(more.names);
    return withNames(absolute, all);
  }

  @Override
  public Path relativize(Path other) {
    UnionPath target = requireUnion(other);
    if (absolute != target.absolute) {
      throw new IllegalArgumentException("'other' is different type of Path");
    }
    if (isEmpty()) {
      return target;
    }
    return withNames(
        false, PathSyntax.relativizeNames(absolute, names, target.names, this + " to " + other));
  }

  @Override
  public URI toUri() {
    return fileSystem.unionProvider().uriOf(toAbsolutePath());
  }

  @Override
  public UnionPath toAbsolutePath() {
    return absolute ? this : new UnionPath(fileSystem, true, names);
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return fileSystem.unionProvider().realPath(this, options);
  }

  @Override
  public File toFile() {
    throw new UnsupportedOperationException("not a path of the default file system");
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    Objects.requireNonNull(watcher, "watcher");
    throw new UnsupportedOperationException("a union file system has no watch service");
  }

  @Override
  public int compareTo(Path other) {
    return Arrays.compareUnsigned(pathBytes(), ((UnionPath) other).pathBytes());
  }

  private byte[] pathBytes() {
    return NameText.encode(toString());
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof UnionPath other
        && fileSystem == other.fileSystem
        && absolute == other.absolute
        && names.equals(other.names);
  }

  @Override
  public int hashCode() {
    return 31 * names.hashCode() + Boolean.hashCode(absolute);
  }

  @Override
  public String toString() {
    return (absolute ? "/" : "") + String.join("/", names);
  }
}
