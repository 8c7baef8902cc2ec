package dev.overlays.merge.oci.layout;

import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The only one that writes to a layout, of all threads and processes, until it is closed. An image
 * is there when {@link #publishImage} has returned; if it is closed before, it removes the blobs
 * that it has added, and the layout itself if that is new.
 */
public final class LayoutWriter implements Closeable {
  /** A file lock does not exclude other threads of its process. */
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final LayoutDirectory layout;
  private final ImageRefusals refusals;
  private final boolean newDirectory;
  private final ReentrantLock threads;
  private final FileChannel marker;
  private final List<Path> added = new ArrayList<>();
  private boolean finished;

  private LayoutWriter(
      LayoutDirectory layout,
      ImageRefusals refusals,
      boolean newDirectory,
      ReentrantLock threads,
      FileChannel marker) {
    this.layout = layout;
    this.refusals = refusals;
    this.newDirectory = newDirectory;
    this.threads = threads;
    this.marker = marker;
  }

  /**
   * Opens a layout, and makes it if its directory is absent or empty. Waits until other writers are
   * done.
   */
  public static LayoutWriter open(LayoutDirectory layout, ImageRefusals refusals)
      throws IOException {
    Path key = layout.root().toAbsolutePath().normalize();
    ReentrantLock threads = LOCKS.computeIfAbsent(key, path -> new ReentrantLock());
    threads.lock();
    boolean created = false;
    FileChannel marker = null;
    try {
      created = createDirectory(layout.root());
      requireOwn(layout, refusals);
      marker = lockMarker(layout);
      LayoutWriter writer = new LayoutWriter(layout, refusals, created, threads, marker);
      writer.prepareFiles();
      return writer;
    } catch (IOException | RuntimeException | Error e) {
      if (marker != null) {
        marker.close();
      }
      if (created) {
        removeEmpty(layout);
      }
      threads.unlock();
      throw e;
    }
  }

  private static boolean createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Refuses a directory of something else, in which nothing may be written. */
  private static void requireOwn(LayoutDirectory layout, ImageRefusals refusals)
      throws IOException {
    if (Files.exists(layout.marker())) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(layout.root())) {
      if (entries.iterator().hasNext()) {
        throw refusals.createException(
            ProblemCode.ARCHIVE_TARGET_EXISTS,
            "The directory is no image layout, and it is not empty.",
            "Choose a layout, an empty directory, or one that does not exist.");
      }
    }
  }

  /** The first writer may remove a new layout again, so the lock must be that of today's file. */
  private static FileChannel lockMarker(LayoutDirectory layout) throws IOException {
    while (true) {
      FileChannel marker =
          FileChannel.open(
              layout.marker(),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      try {
        Object opened = inodeOf(layout.marker());
        marker.lock();
        if (opened != null && opened.equals(inodeOf(layout.marker()))) {
          return marker;
        }
        marker.close();
      } catch (IOException | RuntimeException | Error e) {
        marker.close();
        throw e;
      }
    }
  }

  private static Object inodeOf(Path file) throws IOException {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return Objects.requireNonNullElse(key, file);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private void prepareFiles() throws IOException {
    if (marker.size() == 0) {
      ByteBuffer content = ByteBuffer.wrap(LayoutDirectory.MARKER);
      while (content.hasRemaining()) {
        marker.write(content);
      }
      marker.force(true);
    }
    layout.requireLayout(refusals);
    Files.createDirectories(layout.blobs());
    // What writers have left that were killed; nobody else writes now.
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(layout.root(), LayoutDirectory.TEMPORARY_PREFIX + '*')) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Starts a new blob. */
  public NewBlob newBlob() throws IOException {
    return new NewBlob(layout);
  }

  /** Gives a blob its name, which is removed again if no image is published. */
  public void keepBlob(NewBlob blob, String digest) throws IOException {
    Path file = layout.blob(digest);
    boolean isNew = !Files.exists(file);
    blob.publishAs(digest);
    if (isNew) {
      added.add(file);
    }
  }

  /** Adds a document, unless it is there. */
  public OciDescriptor addDocument(String mediaType, byte[] content) throws IOException {
    try (NewBlob blob = newBlob()) {
      blob.write(content);
      String digest = blob.digestText();
      keepBlob(blob, digest);
      return new OciDescriptor(mediaType, digest, content.length);
    }
  }

  /** Names an image, all of whose blobs are there; another image of this name loses it. */
  public void publishImage(String name, OciDescriptor manifest) throws IOException {
    layout.writeIndex(layout.readIndex(refusals).withImage(name, manifest));
    finished = true;
  }

  /** Takes the name from an image; returns whether there was one. */
  public boolean removeImage(String name) throws IOException {
    finished = true;
    LayoutIndex before = layout.readIndex(refusals);
    LayoutIndex after = before.withoutImage(name);
    boolean removed = after.size() < before.size();
    if (removed) {
      layout.writeIndex(after);
    }
    return removed;
  }

  /** Removes the blobs that no image needs; returns their size. */
  public long removeUnnamedBlobs() throws IOException {
    finished = true;
    Set<String> needed = new NeededBlobs(layout, refusals).findAll();
    long freed = 0;
    try (DirectoryStream<Path> blobs = Files.newDirectoryStream(layout.blobs())) {
      for (Path blob : blobs) {
        if (!needed.contains(layout.digestOf(blob))) {
          freed += Files.size(blob);
          Files.delete(blob);
        }
      }
    }
    return freed;
  }

  /** Keeps what was added even if no image is published: the next pull needs it. */
  public void keepBlobs() {
    finished = !added.isEmpty();
  }

  @Override
  public void close() throws IOException {
    try (marker) {
      if (!finished) {
        for (Path blob : added) {
          Files.deleteIfExists(blob);
        }
        if (newDirectory) {
          removeEmpty(layout);
        }
      }
    } finally {
      threads.unlock();
    }
  }

  /** Removes a new layout without images, as far as nobody else has put anything into it. */
  private static void removeEmpty(LayoutDirectory layout) throws IOException {
    try {
      Files.deleteIfExists(layout.blobs());
      Files.deleteIfExists(layout.blobs().getParent());
      Files.deleteIfExists(layout.marker());
      Files.deleteIfExists(layout.root());
    } catch (DirectoryNotEmptyException e) {
      // Somebody else uses it meanwhile.
    }
  }
}
