package dev.overlays.testkit.replay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;

/**
 * A directory stream that is read while its directory changes. Only entries that exist throughout
 * are certain to be returned; only these are compared.
 */
final class ChangingListing implements Closeable {
  private final DirectoryStream<Path> stream;
  private final Iterator<Path> entries;
  private final Set<String> before;
  private final Set<String> touched = new HashSet<>();
  private final Set<String> given = new TreeSet<>();
  private final Set<String> twice = new TreeSet<>();

  private ChangingListing(DirectoryStream<Path> stream, Set<String> before) {
    this.stream = stream;
    entries = stream.iterator();
    this.before = before;
  }

  @SuppressWarnings("StreamResourceLeak") // Closed with the listing.
  static ChangingListing open(Path directory) throws IOException {
    Set<String> before = ReadStep.ListEntries.names(directory);
    return new ChangingListing(Files.newDirectoryStream(directory), before);
  }

  /** Called when an entry of that name may change, in any directory. */
  void touch(String name) {
    touched.add(StepOutcome.visible(name));
  }

  void read(int count) {
    for (int i = 0; i < count && entries.hasNext(); i++) {
      String name = StepOutcome.visible(entries.next().getFileName().toString());
      if (!given.add(name)) {
        twice.add(name);
      }
    }
  }

  String readAll() {
    read(Integer.MAX_VALUE);
    Set<String> stayed = new TreeSet<>(given);
    stayed.retainAll(before);
    stayed.removeAll(touched);
    return twice.isEmpty() ? stayed.toString() : stayed + ", twice " + twice;
  }

  SecureDirectoryStream<Path> secure() {
    return (SecureDirectoryStream<Path>) stream;
  }

  /** Refuses pipes and devices, because opening one may block forever. */
  void refuseSpecial(Path entry) throws IOException {
    if (attributes(entry).isOther()) {
      throw new FileSystemException(entry.toString(), null, ViewSession.SPECIAL);
    }
  }

  BasicFileAttributes attributes(Path entry) throws IOException {
    return secure()
        .getFileAttributeView(entry, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
