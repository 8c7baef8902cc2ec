package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFindings;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.lookup.KernelFormStore;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.oci.export.EntryArchiver;
import dev.overlays.merge.oci.export.ExcludedPaths;
import dev.overlays.merge.oci.export.ExportSource;
import dev.overlays.merge.oci.export.ExportWalk;
import dev.overlays.merge.oci.export.HardLinkPaths;
import dev.overlays.merge.oci.export.ListingMemory;
import dev.overlays.merge.oci.stream.ArchiveLibraries;
import dev.overlays.merge.oci.stream.BlobDigest;
import dev.overlays.merge.oci.stream.CancelledStreams;
import dev.overlays.merge.oci.stream.CompressionStreams;
import dev.overlays.merge.oci.stream.HelperMeasuredOutput;
import dev.overlays.merge.oci.tar.TarWriter;
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.run.LayerExamination;
import dev.overlays.merge.run.TaskHelpers;
import dev.overlays.spi.LayerStore;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Exports a layer as the archive of an OCI image's layer: the changes in the upper of a view, or
 * everything that a lower holds. Immutable.
 *
 * <pre>{@code
 * try (OutputStream out = Files.newOutputStream(file)) {
 *   OciBlob blob = OciLayer.of(spec).writeTo(out);
 * }
 * }</pre>
 *
 * <p>The same layer always gives the same bytes, on every machine: entries are sorted by the bytes
 * of their names, and nothing depends on the machine or the time of the export. The archive holds
 * names, owners, modes, modification times to the nanosecond, all extended attributes (ACLs and
 * capabilities are among them), hard links, symbolic links, pipes and devices. Whiteouts and opaque
 * directories become {@code .wh.} files. The archive does not hold the other overlay marks ({@code
 * trusted.overlay.*}, {@code user.overlay.*} and {@code user.fuseoverlayfs.*}), access times, the
 * attributes of chattr(1), holes, and hard links between symbolic links.
 *
 * <p>Renamed directories and metadata-only files depend on the lowers, which an archive cannot
 * express. {@link #of(OverlaySpec)} reads the lowers and exports them in full; what it copies from
 * there is no longer hard-linked to anything that stays.
 *
 * <p>Nothing may change the layer during the export. Memory does not grow with the layer, with the
 * entries of a directory or with the depth: an eighth of the heap is enough. A larger directory is
 * listed several times, and inodes with several names go to a file in {@code java.io.tmpdir}.
 */
public final class OciLayer {
  /** Collects small writes; whole batches of entries pass by. */
  private static final int BUFFER = 1 << 13;

  private final ExportSource source;
  private final OciCompression compression;
  private final LayerStore store;
  private final int workers;
  private final BooleanSupplier cancelled;

  private OciLayer(
      ExportSource source,
      OciCompression compression,
      LayerStore store,
      int workers,
      BooleanSupplier cancelled) {
    this.source = source;
    this.compression = compression;
    this.store = store;
    this.workers = workers;
    this.cancelled = cancelled;
  }

  /**
   * Returns the upper of a view. Private paths stay with the instance and are not exported. During
   * the export this library neither mounts nor merges the upper.
   *
   * @param spec how the view is mounted; the mount point does not matter
   * @return the layer, compressed by gzip
   */
  public static OciLayer of(OverlaySpec spec) {
    return new OciLayer(ExportSource.ofUpper(spec), OciCompression.GZIP, null, 1, () -> false);
  }

  /**
   * Returns a lower of a view. Views may use it during the export, but this library merges nothing
   * into it.
   *
   * @param spec how the view is mounted
   * @param lower one of its lowers, as the spec names it
   * @return the layer, compressed by gzip
   */
  public static OciLayer of(OverlaySpec spec, Path lower) {
    Objects.requireNonNull(lower, "lower");
    return new OciLayer(
        ExportSource.ofLower(spec, lower), OciCompression.GZIP, null, 1, () -> false);
  }

  /**
   * Returns a layer by itself: a lower with nothing below it, or one in which nothing has been
   * renamed. Views may use it as a lower during the export, but this library merges nothing into
   * it.
   *
   * @param layer its root
   * @param marks the namespace of its marks
   * @return the layer, compressed by gzip
   */
  public static OciLayer of(Path layer, MarkNamespace marks) {
    Objects.requireNonNull(layer, "layer");
    Objects.requireNonNull(marks, "marks");
    return new OciLayer(
        ExportSource.ofLayer(layer, marks), OciCompression.GZIP, null, 1, () -> false);
  }

  /**
   * Returns this layer with another compression.
   *
   * @param newCompression the compression
   * @return another layer
   */
  public OciLayer compression(OciCompression newCompression) {
    Objects.requireNonNull(newCompression, "compression");
    return new OciLayer(source, newCompression, store, workers, cancelled);
  }

  /**
   * Returns this layer with another layer store.
   *
   * @param newStore opens all layers
   * @return another layer
   */
  public OciLayer store(LayerStore newStore) {
    Objects.requireNonNull(newStore, "store");
    return new OciLayer(source, compression, newStore, workers, cancelled);
  }

  /**
   * Returns this layer with several threads: the caller's own, and helpers that read and compress
   * ahead of it. The bytes of the archive are the same for any number. Each takes about 2 MiB of
   * memory. An archive compressed by zstd has as many threads of zstd's own in addition, which take
   * about 8 MiB each outside the heap.
   *
   * @param count the number of threads; 1 by default
   * @return another layer
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public OciLayer workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("an export needs a worker, not " + count);
    }
    return new OciLayer(source, compression, store, count, cancelled);
  }

  /**
   * Returns this layer with a condition that is checked before each write of the archive and
   * cancels the export.
   *
   * @param asked returns whether to cancel; any thread may call it
   * @return another layer
   */
  public OciLayer cancelWhen(BooleanSupplier asked) {
    Objects.requireNonNull(asked, "asked");
    return new OciLayer(source, compression, store, workers, asked);
  }

  /**
   * Writes the archive.
   *
   * @param out the target, which stays open; after a failure it holds a part of the archive
   * @return the digests and sizes of the archive
   * @throws OverlayException if a library is missing ({@link ProblemCode#ARCHIVE_LIBRARY_MISSING}),
   *     the spec has no such layer ({@link ProblemCode#LAYER_NOT_FOUND}), the layer is in use or
   *     locked, was written with other options than the spec has ({@link
   *     ProblemCode#LAYER_OF_OTHER_OPTIONS}, {@link ProblemCode#LAYER_OF_FUSE_OVERLAYFS}, {@link
   *     ProblemCode#MARK_REFUSED}) or by a volatile mount that may have damaged it ({@link
   *     ProblemCode#VOLATILE_LEFTOVER}), holds something that has no form in an archive ({@link
   *     ProblemCode#ARCHIVE_FORM_MISSING}: a socket, a name that starts with {@code .wh.}, or in a
   *     layer by itself an entry that needs the layers below), a file without data ({@link
   *     ProblemCode#METACOPY_DATA_MISSING}), or changes during the export ({@link
   *     ProblemCode#ARCHIVE_LAYER_CHANGED}), or if it was cancelled ({@link
   *     ProblemCode#MERGE_CANCELLED}), the layer cannot be read or the archive cannot be written
   *     ({@link ProblemCode#ARCHIVE_NOT_WRITTEN})
   */
  public OciBlob writeTo(OutputStream out) throws OverlayException {
    Objects.requireNonNull(out, "out");
    if (source.problem() != null) {
      throw new OverlayException(source.problem());
    }
    ArchiveLibraries.requireFor(compression);
    LayerStore found = store != null ? store : LayerStore.of(layerRoot());
    LayerStore opener = KernelFormStore.forReading(found, List.of(source.heldView()));
    Closeable hold = opener.hold(source.heldView());
    try (hold;
        LayerRoots roots =
            LayerRoots.openRoots(opener, source.layers(), source.dataLayers(), source.marks())) {
      LayerFindings findings = examineLayer(opener, roots.firstRoot());
      return writeArchive(
          roots, findings, CancelledStreams.cancelOutput(out, cancelled, layerRoot()));
    } catch (OverlayException e) {
      throw e;
    } catch (LinkageError e) {
      throw ArchiveLibraries.unusableLibrary(e);
    } catch (IOException e) {
      throw new OverlayException(List.of(notWrittenProblem(e)), e);
    }
  }

  /** Refuses a layer that does not fit the options. */
  private LayerFindings examineLayer(LayerStore opener, LayerDirectory layer) throws IOException {
    LayerFindings findings = LayerExamination.examineLayer(source.layerFit(), layer, workers);
    List<Problem> problems = new ArrayList<>(findings.problems());
    Optional<Path> work = source.isUpper() ? source.heldView().work() : Optional.empty();
    if (work.isPresent()) {
      try (LayerDirectory directory = opener.open(work.get())) {
        LayerFit.problemOfWork(directory).ifPresent(problems::add);
      } catch (NoSuchFileException e) {
        // The work directory of an unmounted upper may be gone.
      }
    }
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
    return findings;
  }

  private Path layerRoot() {
    return source.layers().get(0);
  }

  private OciBlob writeArchive(LayerRoots roots, LayerFindings findings, OutputStream out)
      throws IOException {
    BlobDigest packed = new BlobDigest();
    BlobDigest unpacked = compression == OciCompression.NONE ? packed : new BlobDigest();
    // Also closed after a failure, because compressors may hold native memory, and the helpers may
    // use the directories of the layer.
    try (TaskHelpers helpers = new TaskHelpers(workers);
        HardLinkPaths inodes = new HardLinkPaths()) {
      OutputStream measured = HelperMeasuredOutput.measure(out, packed, helpers);
      try (OutputStream packing = CompressionStreams.openPacked(measured, compression, helpers)) {
        OutputStream tar =
            new BufferedOutputStream(
                unpacked == packed
                    ? packing
                    : HelperMeasuredOutput.measure(packing, unpacked, helpers),
                BUFFER);
        TarWriter archive = new TarWriter(tar);
        String metacopy = Mark.METACOPY.xattr(roots.markNamespace());
        writeEntries(
            roots, new EntryArchiver(archive, inodes, helpers, metacopy, findings.hasXattrs()));
        archive.finishArchive();
        tar.flush();
      }
      measured.flush();
    }
    String digest = packed.digestText();
    return new OciBlob(
        compression,
        digest,
        packed.byteCount(),
        unpacked == packed ? digest : unpacked.digestText(),
        unpacked.byteCount());
  }

  private void writeEntries(LayerRoots roots, EntryArchiver archiver) throws IOException {
    ExcludedPaths left = new ExcludedPaths(source.privatePaths());
    try (EntryArchiver entries = archiver) {
      new ExportWalk(roots, source.lowersUnknown(), left, entries, new ListingMemory()).run();
    }
  }

  private Problem notWrittenProblem(IOException e) {
    Optional<Path> path = Optional.of(layerRoot());
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::printablePath);
      reason = LayerEntries.reasonOf(f);
    }
    return new Problem(
        ProblemCode.ARCHIVE_NOT_WRITTEN,
        path,
        "The archive of the layer could not be written: " + reason + ".",
        "Remove the cause, delete what has been written, and export the layer again.");
  }
}
