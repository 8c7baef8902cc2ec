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
  private final ViewConfinement confinement;
  private final Map<Integer, SeekableByteChannel> channels = new TreeMap<>();
  private final Map<Integer, TrackedListing> listings = new TreeMap<>();

  ViewSession(Path root, ShownFields shown) {
    this.root = root;
    this.shown = shown;
    confinement = new ViewConfinement(root);
  }

  /** Performs one step and returns its result. */
  String performStep(ReplayStep step) {
    if (!listings.isEmpty() && !(step instanceof ReadStep || step instanceof AttributeStep)) {
      JavaSource.textsIn(step)
          .forEach(text -> nameTouched(text.substring(text.lastIndexOf('/') + 1)));
    }
    try {
      return step.performIn(this);
    } catch (IOException | RuntimeException e) {
      return shown.ignoresDifference(KnownDifference.NEWER_JDK)
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

  ShownFields shownFields() {
    return shown;
  }

  ViewSnapshot readView() throws IOException {
    return shown.readView(root);
  }

  /** Returns a path in the view; a symbolic link at its end is not followed. */
  Path unfollowedPath(String path) throws IOException {
    return confinedPath(path, false);
  }

  /**
   * Returns a path in the view; a symbolic link at its end is followed, unless the options forbid
   * it.
   */
  Path followedPath(String path, LinkOption... options) throws IOException {
    return confinedPath(path, !Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS));
  }

  private Path confinedPath(String path, boolean follow) throws IOException {
    if (!confinement.staysInside(relativePath(path), follow)) {
      throw new FileSystemException(path, null, "skipped because it leads out of the view");
    }
    return root.resolve(path);
  }

  Path relativePath(String name) {
    return root.getFileSystem().getPath(name);
  }

  /** Returns a path that can be opened; refuses pipes, sockets and devices. */
  Path openablePath(String path, LinkOption... options) throws IOException {
    Path file = followedPath(path, options);
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
  void nameTouched(String name) {
    listings.values().forEach(listing -> listing.nameTouched(name));
  }

  void keepChannel(int handle, SeekableByteChannel channel) throws IOException {
    closeIfOpen(channels.put(handle, channel));
  }

  SeekableByteChannel channelOf(int handle) {
    return requireOpen(channels, handle);
  }

  void closeIfOpen(int handle) throws IOException {
    closeIfOpen(channels.remove(handle));
  }

  void keepListing(int number, TrackedListing listing) throws IOException {
    closeIfOpen(listings.put(number, listing));
  }

  TrackedListing listingOf(int number) {
    return requireOpen(listings, number);
  }

  void closeListing(int number) throws IOException {
    closeIfOpen(listings.remove(number));
  }

  private static <T> T requireOpen(Map<Integer, T> open, int number) {
    T found = open.get(number);
    if (found == null) {
      throw new IllegalStateException("nothing is open as " + number);
    }
    return found;
  }

  private static void closeIfOpen(Closeable open) throws IOException {
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() throws IOException {
    for (SeekableByteChannel channel : channels.values()) {
      channel.close();
    }
    for (TrackedListing listing : listings.values()) {
      listing.close();
    }
  }
}
