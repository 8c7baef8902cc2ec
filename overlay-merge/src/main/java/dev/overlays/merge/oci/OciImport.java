package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.stream.ArchiveLibraries;
import dev.overlays.merge.oci.stream.BlobDigest;
import dev.overlays.merge.oci.stream.CancelledStreams;
import dev.overlays.merge.oci.stream.CompressionStreams;
import dev.overlays.merge.oci.stream.MeasuredInput;
import dev.overlays.merge.oci.stream.ProgressInput;
import dev.overlays.merge.oci.stream.UnpackedInput;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.tar.TarReader;
import dev.overlays.merge.oci.unpack.CreationQueue;
import dev.overlays.merge.oci.unpack.DirectoryStack;
import dev.overlays.merge.oci.unpack.ImportChoices;
import dev.overlays.merge.oci.unpack.ImportControl;
import dev.overlays.merge.oci.unpack.ImportTally;
import dev.overlays.merge.oci.unpack.LastPathName;
import dev.overlays.merge.oci.unpack.LayerUnpacker;
import dev.overlays.merge.oci.unpack.StagedDirectory;
import dev.overlays.merge.oci.value.OciBlob;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciImportReport;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.merge.oci.value.OciTreatment;
import dev.overlays.merge.oci.value.UnpackProgress;
import dev.overlays.merge.run.TaskHelpers;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Unpacks the archive of an OCI image's layer into a new layer. The archive may come from any tool.
 * Immutable.
 *
 * <pre>{@code
 * try (InputStream in = Files.newInputStream(file)) {
 *   OciImport.to(Path.of("/srv/cache/layer")).digest("sha256:...").run(in);
 * }
 * }</pre>
 *
 * <p>The archive is a POSIX or GNU tar, uncompressed or compressed by gzip or zstd; its first bytes
 * tell which. It is read as a stream and unpacked into a directory beside the target. When
 * everything is on the disk, one rename gives that directory its name. After a failure nothing is
 * left; only a process that is killed leaves a directory whose name begins with {@code
 * .overlays-import-}.
 *
 * <p>Whiteouts and opaque directories get the form that the kernel knows. Archives are not trusted:
 * an entry that leads out of the new directory, contradicts another entry, or exceeds {@linkplain
 * #limits the limits} makes the import refuse the archive and name the entry. What gives rights
 * (devices, set-user-ID bits, extended attributes other than {@code user.*} and ACLs) is refused,
 * too, unless you allow it. Overlay marks in extended attributes are always left out.
 */
public final class OciImport {
  private final Path target;
  private final LayerStore store;
  private final ImportChoices choices;
  private final int workers;
  private final ImportControl control;

  private OciImport(
      Path target, LayerStore store, ImportChoices choices, int workers, ImportControl control) {
    this.target = target;
    this.store = store;
    this.choices = choices;
    this.workers = workers;
    this.control = control;
  }

  /**
   * Returns the import into a new directory, with marks in {@code trusted.overlay.*} and the owners
   * that the archive names.
   *
   * @param directory the new directory, whose parent exists
   * @return an import that refuses what gives rights
   */
  public static OciImport to(Path directory) {
    return new OciImport(
        Objects.requireNonNull(directory, "directory"),
        null,
        ImportChoices.DEFAULTS,
        1,
        ImportControl.DEFAULTS);
  }

  /**
   * Returns this import with marks in another namespace.
   *
   * @param marks the namespace that the views over the layer use: {@code user.overlay.*} if they
   *     are mounted with {@code userxattr}
   * @return a new import
   */
  public OciImport marks(MarkNamespace marks) {
    return withChoices(choices.withMarks(Objects.requireNonNull(marks, "marks")));
  }

  /**
   * Returns this import with everything owned by this process, whatever the archive says. An
   * ordinary user can do nothing else.
   *
   * @return a new import
   */
  public OciImport squashOwners() {
    return withChoices(choices.withSquashedOwners());
  }

  /**
   * Returns this import with another treatment of device nodes.
   *
   * @param treatment what is done with them
   * @return a new import
   */
  public OciImport devices(OciTreatment treatment) {
    return withChoices(choices.withDevices(Objects.requireNonNull(treatment, "treatment")));
  }

  /**
   * Returns this import with another treatment of files that run with the rights of their owner or
   * group.
   *
   * @param treatment what is done with the set-user-ID and set-group-ID bits; the file itself is
   *     unpacked without them
   * @return a new import
   */
  public OciImport setIds(OciTreatment treatment) {
    return withChoices(choices.withSetIds(Objects.requireNonNull(treatment, "treatment")));
  }

  /**
   * Returns this import with another treatment of extended attributes that only root may set:
   * {@code security.*} with the capabilities of files, {@code trusted.*}, and all others that are
   * neither {@code user.*} nor ACLs.
   *
   * @param treatment what is done with them
   * @return a new import
   */
  public OciImport privilegedXattrs(OciTreatment treatment) {
    return withChoices(
        choices.withPrivilegedXattrs(Objects.requireNonNull(treatment, "treatment")));
  }

  /**
   * Returns this import with other limits.
   *
   * @param limits the limits of an archive
   * @return a new import
   */
  public OciImport limits(OciLimits limits) {
    return withChoices(choices.withLimits(Objects.requireNonNull(limits, "limits")));
  }

  /**
   * Returns this import for the archive with a digest.
   *
   * @param digest the archive's digest in the manifest, or that of the uncompressed archive in the
   *     image's configuration: {@code sha256:} and 64 hexadecimal digits in lower case
   * @return a new import, which refuses any other archive
   * @throws IllegalArgumentException if it is not a SHA-256 digest
   */
  public OciImport digest(String digest) {
    if (!BlobDigest.isDigest(digest)) {
      throw new IllegalArgumentException("not a digest of SHA-256: " + digest);
    }
    return withChoices(choices.withDigest(digest));
  }

  /**
   * Returns this import with another layer store.
   *
   * @param newStore opens the parent of the new directory
   * @return a new import
   */
  public OciImport store(LayerStore newStore) {
    return new OciImport(
        target, Objects.requireNonNull(newStore, "store"), choices, workers, control);
  }

  /**
   * Returns this import with several threads: the caller's own, which reads the archive, and
   * helpers that create small files, links and devices. The layer is the same, and so is what is
   * refused. Each takes about 512 KiB of memory.
   *
   * @param count the number of threads; 1 by default
   * @return a new import
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public OciImport workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("an import needs a worker, not " + count);
    }
    return new OciImport(target, store, choices, count, control);
  }

  /**
   * Returns this import with a condition that is checked before each read of the archive and
   * cancels the import, of which nothing is left then.
   *
   * @param asked returns whether to cancel
   * @return a new import
   */
  public OciImport cancelWhen(BooleanSupplier asked) {
    Objects.requireNonNull(asked, "asked");
    return withControl(control.withCancelled(asked));
  }

  /**
   * Returns this import with a listener for its progress.
   *
   * @param listener is called by the thread that runs the import, ten times a second at most, and
   *     when the archive is read to its end. An exception that it throws ends the import, of which
   *     nothing is left then, and is thrown to the caller
   * @return a new import
   */
  public OciImport progress(Consumer<UnpackProgress> listener) {
    return withControl(control.withProgress(Objects.requireNonNull(listener, "listener")));
  }

  /**
   * Returns this import with the size of its archive, so that its progress can say how much is
   * left. The size is not checked: {@link #digest} does that.
   *
   * @param bytes the size of the archive as it is stored
   * @return a new import
   */
  public OciImport archiveBytes(long bytes) {
    return withControl(control.withArchiveBytes(bytes));
  }

  private OciImport withControl(ImportControl newControl) {
    return new OciImport(target, store, choices, workers, newControl);
  }

  private OciImport withChoices(ImportChoices newChoices) {
    return new OciImport(target, store, newChoices, workers, control);
  }

  /**
   * Unpacks an archive.
   *
   * @param archive its bytes, read to the end; stays open
   * @return what was unpacked
   * @throws OverlayException if a library is missing ({@link ProblemCode#ARCHIVE_LIBRARY_MISSING}),
   *     the target exists ({@link ProblemCode#ARCHIVE_TARGET_EXISTS}), the archive is damaged
   *     ({@link ProblemCode#ARCHIVE_BROKEN}), has another digest ({@link
   *     ProblemCode#ARCHIVE_DIGEST_WRONG}), exceeds a limit ({@link
   *     ProblemCode#ARCHIVE_TOO_LARGE}), or holds a refused entry ({@link
   *     ProblemCode#ARCHIVE_ENTRY_UNSAFE}, {@link ProblemCode#ARCHIVE_ENTRY_UNSUPPORTED}, {@link
   *     ProblemCode#ARCHIVE_ENTRY_PRIVILEGED}), or if it was cancelled ({@link
   *     ProblemCode#MERGE_CANCELLED}), the archive cannot be read or the layer cannot be written
   *     ({@link ProblemCode#ARCHIVE_NOT_UNPACKED})
   */
  public OciImportReport run(InputStream archive) throws OverlayException {
    Objects.requireNonNull(archive, "archive");
    ArchiveLibraries.requireTar();
    Path absolute = target.toAbsolutePath().normalize();
    ArchiveRefusals refusals = new ArchiveRefusals(absolute);
    if (absolute.getParent() == null) {
      throw refusals.targetExists();
    }
    LayerStore opener = store != null ? store : LayerStore.of(absolute);
    try (LayerDirectory parent = opener.open(absolute.getParent());
        StagedDirectory staged =
            StagedDirectory.createIn(parent, LastPathName.lastNameOf(absolute), refusals)) {
      InputStream counted = new ProgressInput(archive, control.progress(), control.archiveBytes());
      return unpackInto(
          CancelledStreams.cancelInput(counted, control.cancelled(), absolute), staged, refusals);
    } catch (OverlayException e) {
      throw e;
    } catch (LinkageError e) {
      throw ArchiveLibraries.unusableLibrary(e);
    } catch (IOException | UnsupportedOperationException e) {
      throw new OverlayException(List.of(notUnpackedProblem(absolute, e)), e);
    }
  }

  private OciImportReport unpackInto(
      InputStream archive, StagedDirectory staged, ArchiveRefusals refusals) throws IOException {
    BlobDigest packed = new BlobDigest();
    ImportTally tally = new ImportTally();
    MeasuredInput measured = new MeasuredInput(archive, packed);
    PushbackInputStream readable = CompressionStreams.bufferInput(measured);
    OciCompression compression = CompressionStreams.detectCompression(readable);
    ArchiveLibraries.requireFor(compression);
    boolean same = compression == OciCompression.NONE;
    BlobDigest unpacked = same ? BlobDigest.countOnly() : new BlobDigest();
    try (TaskHelpers helpers = new TaskHelpers(workers);
        DirectoryStack place = openDirectories(staged, helpers);
        InputStream unpacking = openUnpacked(readable, compression, measured, refusals)) {
      place.clearInherited();
      UnpackedInput tar =
          new UnpackedInput(
              unpacking, measured, packed, unpacked, refusals, choices.limits().ratio());
      TarReader reader = new TarReader(tar, refusals, choices.limits());
      new LayerUnpacker(reader, place, choices, refusals, tally).run();
      if (readable.read() >= 0) {
        throw refusals.brokenArchive("data follows its end");
      }
      String digest = packed.digestText();
      OciBlob blob =
          new OciBlob(
              compression,
              digest,
              packed.byteCount(),
              same ? digest : unpacked.digestText(),
              unpacked.byteCount());
      checkDigest(blob, refusals);
      staged.publishAsTarget(place.rootDirectory());
      return tally.createReport(blob);
    }
  }

  private DirectoryStack openDirectories(StagedDirectory staged, TaskHelpers helpers)
      throws IOException {
    return new DirectoryStack(staged.openStaging(), choices.marks(), new CreationQueue(helpers));
  }

  private InputStream openUnpacked(
      InputStream in, OciCompression compression, MeasuredInput measured, ArchiveRefusals refusals)
      throws IOException {
    OciLimits limits = choices.limits();
    if (compression == OciCompression.GZIP) {
      // Bytes that are read ahead count, too.
      measured.limitIdle(limits.headerBytes() + 2L * CompressionStreams.BUFFER_SIZE, refusals);
    }
    try {
      return CompressionStreams.openUnpacked(in, compression, limits, refusals);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      if (measured.readFailure() != null) {
        throw e;
      }
      throw refusals.brokenArchive("it cannot be decompressed (" + e.getMessage() + ")");
    }
  }

  private void checkDigest(OciBlob blob, ArchiveRefusals refusals) throws OverlayException {
    String wanted = choices.digest();
    if (wanted != null && !wanted.equals(blob.digest()) && !wanted.equals(blob.diffId())) {
      throw refusals.createException(
          ProblemCode.ARCHIVE_DIGEST_WRONG,
          "The archive is not " + wanted + ": it is " + blob.digest() + ".",
          "Fetch the archive that the manifest names.");
    }
  }

  private static Problem notUnpackedProblem(Path target, Exception e) {
    Optional<Path> path = Optional.of(target);
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::printablePath);
      reason = LayerEntries.reasonOf(f);
    }
    return new Problem(
        ProblemCode.ARCHIVE_NOT_UNPACKED,
        path,
        "The archive could not be unpacked: " + reason + ". Nothing of it is left.",
        "Remove the cause and import it again; without root use squashOwners() and keep marks"
            + " in user.overlay.*.");
  }
}
