package dev.overlays.testkit.replay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** One view during a replay: its root, and the files and directories that are open in it. */
final class ViewSession implements Closeable {
  static final String SPECIAL = "skipped because it is a pipe, socket or device";

  private final Path root;
  private final ShownFields shown;
  private final LinkConfinement confinement;
  private final Map<Integer, SeekableByteChannel> channels = new TreeMap<>();
  private final Map<Integer, ChangingListing> listings = new TreeMap<>();

  ViewSession(Path root, ShownFields shown) {
    this.root = root;
    this.shown = shown;
    confinement = new LinkConfinement(root);
  }

  /** Performs one step and returns its result. */
  String perform(ReplayStep step) {
    if (!listings.isEmpty() && !(step instanceof ReadStep || step instanceof AttributeStep)) {
      JavaSource.texts(step).forEach(text -> touch(text.substring(text.lastIndexOf('/') + 1)));
    }
    try {
      return step.in(this);
    } catch (IOException | RuntimeException e) {
      return shown.ignores(KnownDifference.NEWER_JDK)
          ? StepOutcome.ofAnyJdk(e, root)
          : StepOutcome.of(e, root);
    }
  }

  /** Whether a known difference prevents the comparison of a step. */
  boolean isUndetermined(ReplayStep step) {
    try {
      return shown.ignoresSomething() && step.isUndetermined(this);
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  ShownFields shown() {
    return shown;
  }

  ViewSnapshot view() throws IOException {
    return shown.view(root);
  }

  /** Returns a path in the view; a symbolic link at its end is not followed. */
  Path path(String path) throws IOException {
    return path(path, false);
  }

  /**
   * Returns a path in the view; a symbolic link at its end is followed, unless the options forbid
   * it.
   */
  Path followed(String path, LinkOption... options) throws IOException {
    return path(path, !Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS));
  }

  private Path path(String path, boolean follow) throws IOException {
    if (!confinement.holds(relative(path), follow)) {
      throw new FileSystemException(path, null, "skipped because it leads out of the view");
    }
    return root.resolve(path);
  }

  Path relative(String name) {
    return root.getFileSystem().getPath(name);
  }

  /** Returns a path that can be opened; refuses pipes, sockets and devices. */
  Path file(String path, LinkOption... options) throws IOException {
    Path file = followed(path, options);
    if (isSpecial(file, options)) {
      throw new FileSystemException(file.toString(), null, SPECIAL);
    }
    return file;
  }

  private static boolean isSpecial(Path file, LinkOption... options) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, options).isOther();
    } catch (IOException e) {
      return false;
    }
  }

  /** Tells open listings that an entry of this name may change. */
  void touch(String name) {
    listings.values().forEach(listing -> listing.touch(name));
  }

  void open(int handle, SeekableByteChannel channel) throws IOException {
    close(channels.put(handle, channel));
  }

  SeekableByteChannel channel(int handle) {
    return present(channels, handle);
  }

  void close(int handle) throws IOException {
    close(channels.remove(handle));
  }

  void openListing(int number, ChangingListing listing) throws IOException {
    close(listings.put(number, listing));
  }

  ChangingListing listing(int number) {
    return present(listings, number);
  }

  void closeListing(int number) throws IOException {
    close(listings.remove(number));
  }

  private static <T> T present(Map<Integer, T> open, int number) {
    T found = open.get(number);
    if (found == null) {
      throw new IllegalStateException("nothing is open as " + number);
    }
    return found;
  }

  private static void close(Closeable open) throws IOException {
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() throws IOException {
    for (SeekableByteChannel channel : channels.values()) {
      channel.close();
    }
    for (ChangingListing listing : listings.values()) {
      listing.close();
    }
  }
}
