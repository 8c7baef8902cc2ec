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
final class TrackedListing implements Closeable {
  private final DirectoryStream<Path> stream;
  private final Iterator<Path> entries;
  private final Set<String> before;
  private final Set<String> touched = new HashSet<>();
  private final Set<String> returned = new TreeSet<>();
  private final Set<String> returnedTwice = new TreeSet<>();

  private TrackedListing(DirectoryStream<Path> stream, Set<String> before) {
    this.stream = stream;
    entries = stream.iterator();
    this.before = before;
  }

  @SuppressWarnings("StreamResourceLeak") // Closed with the listing.
  static TrackedListing open(Path directory) throws IOException {
    Set<String> before = ReadStep.ListEntries.namesIn(directory);
    return new TrackedListing(Files.newDirectoryStream(directory), before);
  }

  /** Called when an entry of that name may change, in any directory. */
  void nameTouched(String name) {
    touched.add(StepOutcome.visibleText(name));
  }

  void readSome(int count) {
    for (int i = 0; i < count && entries.hasNext(); i++) {
      String name = StepOutcome.visibleText(entries.next().getFileName().toString());
      if (!returned.add(name)) {
        returnedTwice.add(name);
      }
    }
  }

  String readAll() {
    readSome(Integer.MAX_VALUE);
    Set<String> stayed = new TreeSet<>(returned);
    stayed.retainAll(before);
    stayed.removeAll(touched);
    return returnedTwice.isEmpty() ? stayed.toString() : stayed + ", twice " + returnedTwice;
  }

  SecureDirectoryStream<Path> secureStream() {
    return (SecureDirectoryStream<Path>) stream;
  }

  /** Refuses pipes and devices, because opening one may block forever. */
  void refuseSpecial(Path entry) throws IOException {
    if (attributesOf(entry).isOther()) {
      throw new FileSystemException(entry.toString(), null, ViewSession.SPECIAL);
    }
  }

  BasicFileAttributes attributesOf(Path entry) throws IOException {
    return secureStream()
        .getFileAttributeView(entry, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
